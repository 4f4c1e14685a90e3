using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace IGptMl.Palettes;

/// <summary>
/// The centers that can be nearest, for every 8 x 8 x 8 cell of the cube of 8-bit colors (32 x 32 x 32 cells). Immutable.
/// Built top-down by halving boxes. Within a box, the difference of the squared distances to two centers is linear in the color, so one center loses to
/// another everywhere in the box if it loses at the corner that favors it most. The centers of a cell are stored contiguously in groups of eight, and
/// the first group is stored in the cell itself. Photographs rarely need more than that group, so a pixel usually takes no unpredictable branch and
/// one memory access.
/// </summary>
internal sealed class PaletteGrid
{
    private const int CellSide = 8;
    private const int Depth = 5;

    // Cells with longer lists (of palettes crowded into a corner) share the list of all centers. This bounds the memory at 60 MiB; usually it is 5 MiB.
    private const int LongestList = 128;

    private const int GroupSize = 8;

    // Larger than the float32 error of the two squared distances that are compared: each is at most 12.1 and has at most 6 roundings of 2^-24.
    private const double Margin = 2e-5;

    private readonly Cell[] _cells = new Cell[1 << (3 * Depth)];

    // A group has eight tokens and three vectors: the reds, greens and blues of their centers. Unused lanes are infinity, which is never nearest.
    private readonly ushort[] _tokens;
    private readonly Vector256<float>[] _channels;

    // Used only while building.
    private readonly double[] _red;
    private readonly double[] _green;
    private readonly double[] _blue;
    private readonly double[] _norm;
    private readonly ushort[][] _scratch;
    private readonly List<ushort> _built = [];

    public PaletteGrid(Palette palette)
    {
        var count = palette.Count;
        var centers = palette.Centers.Span;
        (_red, _green, _blue, _norm) = (new double[count], new double[count], new double[count], new double[count]);
        var seen = new HashSet<(float, float, float)>();
        var distinct = new List<ushort>();
        for (var i = 0; i < count; i++)
        {
            var (r, g, b) = (centers[3 * i], centers[(3 * i) + 1], centers[(3 * i) + 2]);
            (_red[i], _green[i], _blue[i], _norm[i]) = (r, g, b, ((double)r * r) + ((double)g * g) + ((double)b * b));

            // Of equal centers, the first one wins every tie.
            if (seen.Add((r, g, b)))
            {
                distinct.Add((ushort)i);
            }
        }

        _scratch = [.. Enumerable.Range(0, Depth + 1).Select(_ => new ushort[distinct.Count])];
        var whole = Keep(distinct.ToArray());
        Divide(distinct.ToArray(), 0, 0, 0, 256, whole);
        _tokens = [.. _built];
        _channels = new Vector256<float>[3 * _tokens.Length / GroupSize];
        _channels.AsSpan().Fill(Vector256.Create(float.PositiveInfinity));
        FillGroups(whole, centers);
        foreach (ref var cell in _cells.AsSpan())
        {
            FillGroups(cell, centers);
            _tokens.AsSpan(GroupSize * cell.FirstGroup, GroupSize).CopyTo(cell.Tokens);
            (cell.Reds, cell.Greens, cell.Blues) = (_channels[3 * cell.FirstGroup], _channels[(3 * cell.FirstGroup) + 1], _channels[(3 * cell.FirstGroup) + 2]);
        }

        (_red, _green, _blue, _norm, _scratch, _built) = ([], [], [], [], [], []);
    }

    /// <summary>The mean number of centers that are compared in a cell, for measurements.</summary>
    public double MeanLength => _cells.Average(cell => (double)cell.Count);

    /// <summary>The centers that can be nearest to this color, in ascending order; of equal centers only the first.</summary>
    public ReadOnlySpan<ushort> Candidates(int red, int green, int blue)
    {
        var cell = _cells[CellOf(red, green, blue)];
        return _tokens.AsSpan(GroupSize * cell.FirstGroup, cell.Count);
    }

    /// <summary>The token of an 8-bit color: the index of the nearest center, or the lowest index of equally near ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ushort Nearest(int red, int green, int blue)
    {
        var units = Palette.ChannelUnits;
        ref readonly var cell = ref _cells[CellOf(red, green, blue)];
        if (cell.Count > GroupSize)
        {
            return NearestOfMany(cell, units[red], units[green], units[blue]);
        }

        var (r, g, b) = (Vector256.Create(units[red]) - cell.Reds, Vector256.Create(units[green]) - cell.Greens, Vector256.Create(units[blue]) - cell.Blues);
        var distance = (r * r) + (g * g) + (b * b);
        var least = Vector128.MinNative(distance.GetLower(), distance.GetUpper());
        least = Vector128.MinNative(least, Vector128.Shuffle(least, Vector128.Create(2, 3, 0, 1)));
        least = Vector128.MinNative(least, Vector128.Shuffle(least, Vector128.Create(1, 0, 3, 2)));

        // Centers are in ascending order, so the first lane with the shortest distance has the lowest index.
        var lane = BitOperations.TrailingZeroCount(Vector256.Equals(distance, Vector256.Create(least, least)).ExtractMostSignificantBits());
        return cell.Tokens[lane];
    }

    private ushort NearestOfMany(in Cell cell, float red, float green, float blue)
    {
        var (wideRed, wideGreen, wideBlue) = (Vector256.Create(red), Vector256.Create(green), Vector256.Create(blue));
        var channels = _channels.AsSpan(3 * cell.FirstGroup, 3 * ((cell.Count + GroupSize - 1) / GroupSize));
        var best = Vector256.Create(float.PositiveInfinity);
        var positions = Vector256<int>.Zero;
        for (var position = Vector256<int>.Indices; channels.Length > 0; channels = channels[3..], position += Vector256.Create(GroupSize))
        {
            var (r, g, b) = (wideRed - channels[0], wideGreen - channels[1], wideBlue - channels[2]);
            var distance = (r * r) + (g * g) + (b * b);
            var nearer = Vector256.LessThan(distance, best);
            best = Vector256.ConditionalSelect(nearer, distance, best);
            positions = Vector256.ConditionalSelect(nearer.AsInt32(), position, positions);
        }

        // Every lane has its first minimum. Centers are in ascending order, so of the lanes with the shortest distance, the lowest position wins.
        var shortest = Vector256.Equals(best, Vector256.Create(Least(best))).AsInt32();
        return _tokens[(GroupSize * cell.FirstGroup) + Least(Vector256.ConditionalSelect(shortest, positions, Vector256.Create(int.MaxValue)))];
    }

    private static float Least(Vector256<float> values)
    {
        var half = Vector128.MinNative(values.GetLower(), values.GetUpper());
        half = Vector128.MinNative(half, Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1)));
        return MathF.Min(half[0], half[1]);
    }

    private static int Least(Vector256<int> values)
    {
        var half = Vector128.Min(values.GetLower(), values.GetUpper());
        half = Vector128.Min(half, Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1)));
        return Math.Min(half[0], half[1]);
    }

    private static int CellOf(int red, int green, int blue) => ((((red / CellSide) << Depth) | (green / CellSide)) << Depth) | (blue / CellSide);

    private void Divide(ReadOnlySpan<ushort> candidates, int red, int green, int blue, int side, Cell whole)
    {
        var depth = int.Log2(256 / side);
        var kept = _scratch[depth].AsSpan(0, Keep(candidates, red, green, blue, side, _scratch[depth]));
        if (side == CellSide)
        {
            _cells[CellOf(red, green, blue)] = kept.Length <= LongestList ? Keep(kept) : whole;
            return;
        }

        var half = side / 2;
        for (var octant = 0; octant < 8; octant++)
        {
            Divide(kept, red + ((octant >> 2) * half), green + (((octant >> 1) & 1) * half), blue + ((octant & 1) * half), half, whole);
        }
    }

    private Cell Keep(ReadOnlySpan<ushort> candidates)
    {
        var cell = new Cell(_built.Count / GroupSize, candidates.Length);
        _built.AddRange(candidates);
        while (_built.Count % GroupSize != 0)
        {
            _built.Add(0);
        }

        return cell;
    }

    private void FillGroups(in Cell cell, ReadOnlySpan<float> centers)
    {
        for (var i = 0; i < cell.Count; i++)
        {
            var center = 3 * _tokens[(GroupSize * cell.FirstGroup) + i];
            for (var c = 0; c < 3; c++)
            {
                ref var channel = ref _channels[(3 * (cell.FirstGroup + (i / GroupSize))) + c];
                channel = channel.WithElement(i % GroupSize, centers[center + c]);
            }
        }
    }

    // Copies the candidates that do not lose everywhere in the box to the center that is nearest to its middle. Returns their number.
    private int Keep(ReadOnlySpan<ushort> candidates, int red, int green, int blue, int side, Span<ushort> kept)
    {
        var units = Palette.ChannelUnits;
        var (redLow, redHigh) = ((double)units[red], (double)units[red + side - 1]);
        var (greenLow, greenHigh) = ((double)units[green], (double)units[green + side - 1]);
        var (blueLow, blueHigh) = ((double)units[blue], (double)units[blue + side - 1]);

        int rival = candidates[0];
        var best = double.PositiveInfinity;
        foreach (var i in candidates)
        {
            var distance = _norm[i] - (_red[i] * (redLow + redHigh)) - (_green[i] * (greenLow + greenHigh)) - (_blue[i] * (blueLow + blueHigh));
            if (distance < best)
            {
                (best, rival) = (distance, i);
            }
        }

        var count = 0;
        foreach (var i in candidates)
        {
            var (r, g, b) = (_red[i] - _red[rival], _green[i] - _green[rival], _blue[i] - _blue[rival]);
            var favor = Math.Max(r * redLow, r * redHigh) + Math.Max(g * greenLow, g * greenHigh) + Math.Max(b * blueLow, b * blueHigh);
            if (_norm[i] - _norm[rival] - (2 * favor) <= Margin)
            {
                kept[count++] = i;
            }
        }

        return count;
    }

    /// <summary>
    /// The centers of a cell: their number, the index of their first group, and a copy of the first group, which usually contains all of them.
    /// </summary>
    private struct Cell(int firstGroup, int count)
    {
        internal readonly int FirstGroup = firstGroup;
        internal readonly int Count = count;
        internal Group Tokens;
        internal Vector256<float> Reds;
        internal Vector256<float> Greens;
        internal Vector256<float> Blues;
    }

    [InlineArray(GroupSize)]
    private struct Group
    {
        private ushort _first;
    }
}
