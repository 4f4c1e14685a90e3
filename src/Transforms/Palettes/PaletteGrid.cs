namespace IGptMl.Palettes;

/// <summary>
/// Which centres can be nearest, for every 8 x 8 x 8 cell of the cube of 8-bit colours (32 x 32 x 32 cells). Immutable.
/// Built top-down by halving boxes: inside a box the difference of the squared distances to two centres is linear in the colour, so one centre loses to
/// another everywhere in the box when it does at the corner that favours it most.
/// </summary>
internal sealed class PaletteGrid
{
    private const int CellSide = 8;
    private const int Depth = 5;

    // Longer lists (palettes crowded into a corner) are not kept: this bounds the memory at 16 MiB, whatever the palette.
    private const int LongestList = 256;

    // More than the float32 errors of the two squared distances compared: each is at most 12.1 and wrong by at most 6 roundings of 2^-24.
    private const double Margin = 2e-5;

    private readonly double[] _red;
    private readonly double[] _green;
    private readonly double[] _blue;
    private readonly double[] _norm;
    private readonly ushort[][] _scratch;
    private readonly List<ushort> _built = [];

    private readonly int[] _starts = new int[1 << (3 * Depth)];
    private readonly ushort[] _lists;

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

            // Of equal centres the first wins every tie.
            if (seen.Add((r, g, b)))
            {
                distinct.Add((ushort)i);
            }
        }

        _scratch = [.. Enumerable.Range(0, Depth + 1).Select(_ => new ushort[distinct.Count])];
        Divide(distinct.ToArray(), 0, 0, 0, 256);
        _lists = [.. _built];

        // Only needed while building.
        (_red, _green, _blue, _norm, _scratch, _built) = ([], [], [], [], [], []);
    }

    /// <summary>The mean length of the lists, for measurements; a cell without a list counts as zero.</summary>
    public double MeanLength => _starts.Average(start => (double)_lists[start]);

    /// <summary>The centres that can be nearest to this colour, ascending. Empty: any centre can.</summary>
    public ReadOnlySpan<ushort> Candidates(int red, int green, int blue)
    {
        var start = _starts[CellOf(red, green, blue)];
        return _lists.AsSpan(start + 1, _lists[start]);
    }

    private static int CellOf(int red, int green, int blue) => ((((red / CellSide) << Depth) | (green / CellSide)) << Depth) | (blue / CellSide);

    private void Divide(ReadOnlySpan<ushort> candidates, int red, int green, int blue, int side)
    {
        var depth = int.Log2(256 / side);
        var kept = _scratch[depth].AsSpan(0, Keep(candidates, red, green, blue, side, _scratch[depth]));
        if (side == CellSide)
        {
            _starts[CellOf(red, green, blue)] = _built.Count;
            var list = kept.Length <= LongestList ? kept : [];
            _built.Add((ushort)list.Length);
            _built.AddRange(list);
            return;
        }

        var half = side / 2;
        for (var octant = 0; octant < 8; octant++)
        {
            Divide(kept, red + ((octant >> 2) * half), green + (((octant >> 1) & 1) * half), blue + ((octant & 1) * half), half);
        }
    }

    // Copies the candidates that do not lose everywhere in the box to the one that is nearest to its middle; returns how many.
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
            var favour = Math.Max(r * redLow, r * redHigh) + Math.Max(g * greenLow, g * greenHigh) + Math.Max(b * blueLow, b * blueHigh);
            if (_norm[i] - _norm[rival] - (2 * favour) <= Margin)
            {
                kept[count++] = i;
            }
        }

        return count;
    }
}
