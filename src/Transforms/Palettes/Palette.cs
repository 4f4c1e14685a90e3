using IGptMl.Formats;
using IGptMl.Palettes;

namespace IGptMl;

/// <summary>
/// The colors to which pixels are quantized: K centers in RGB space, found by k-means ("9-bit palette" for K = 512; Chen et al. 2020, section 3.2). Token i of
/// an image is color i of the palette. An immutable value: two palettes with the same centers are equal.
/// </summary>
public sealed class Palette : IEquatable<Palette>
{
    /// <summary>The smallest number of colors of a palette: 2.</summary>
    public const int MinCount = 2;

    /// <summary>The largest number of colors of a palette: 65535, because a 16-bit key reserves one value for "missing".</summary>
    public const int MaxCount = ushort.MaxValue;

    private static readonly float[] Units = [.. Enumerable.Range(0, 256).Select(value => (value / 127.5f) - 1f)];

    private readonly float[] _centers;

    // Takes ownership of centers that have been checked.
    private Palette(float[] centers, PaletteRange? assumedRange = null) => (_centers, AssumedRange) = (centers, assumedRange);

    /// <summary>The number of colors, K, from 2 to 65535.</summary>
    public int Count => _centers.Length / 3;

    /// <summary>The colors as K x 3 float32 values, row-major, each row R, G, B in [-1, 1]: v / 127.5 - 1 for a channel value v of 0 to 255.</summary>
    public ReadOnlyMemory<float> Centers => _centers;

    /// <summary>
    /// The assumed range of the stored values, if <see cref="PaletteRange.Detect"/> could not be certain of it; otherwise null. It is not a part of the
    /// palette's value: equal palettes may differ in it.
    /// </summary>
    public PaletteRange? AssumedRange { get; }

    /// <summary>A warning if the range was assumed; otherwise null.</summary>
    internal string? RangeWarning => AssumedRange is null ? null
        : "No value of the palette is negative or above 1, so the range [0, 1] is assumed. If it is [-1, 1], specify "
            + $"{nameof(PaletteRange)}.{nameof(PaletteRange.MinusOneToOne)}, or --palette-range -1..1 of the tool.";

    /// <summary>The channel values 0..255 in the units of <see cref="Centers"/>: v / 127.5 - 1 in float32.</summary>
    internal static ReadOnlySpan<float> ChannelUnits => Units;

    /// <summary>Creates a palette from centers in [-1, 1], such as those of k-means.</summary>
    /// <param name="centers">K x 3 values, row-major, each row R, G, B; K from 2 to 65535. The values are copied.</param>
    /// <returns>The palette.</returns>
    /// <exception cref="ArgumentException">
    /// The length is not a multiple of 3, K is out of range, or a value is NaN or more than 0.001 outside [-1, 1].
    /// </exception>
    public static Palette FromCenters(ReadOnlySpan<float> centers) =>
        PaletteValues.FindProblem(centers) is { } problem ? throw new ArgumentException(problem, nameof(centers)) : new Palette(centers.ToArray());

    /// <summary>Creates a palette from 8-bit colors.</summary>
    /// <param name="rgb">K x 3 channel values 0 to 255, row-major, each row R, G, B; K from 2 to 65535.</param>
    /// <returns>The palette, with centers v / 127.5 - 1; <see cref="GetColor"/> returns the colors exactly.</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of 3, or K is out of range.</exception>
    public static Palette FromColors(ReadOnlySpan<byte> rgb)
    {
        if (PaletteValues.FindShapeProblem(rgb.Length) is { } problem)
        {
            throw new ArgumentException(problem, nameof(rgb));
        }

        var centers = new float[rgb.Length];
        for (var i = 0; i < centers.Length; i++)
        {
            centers[i] = Units[rgb[i]];
        }

        return new Palette(centers);
    }

    /// <summary>
    /// Reads a palette from an npy file of numbers, [K, 3], such as OpenAI's kmeans_centers.npy. The range of the values is detected
    /// (<see cref="PaletteRange.Detect"/>).
    /// </summary>
    /// <param name="path">Path of the file.</param>
    /// <returns>The palette.</returns>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="InvalidDataException">The file is not a well-formed npy file, or its array is not a palette.</exception>
    public static Palette Load(string path) => Load(path, PaletteRange.Detect);

    /// <summary>Reads a palette from an npy file of numbers, [K, 3], whose values are in the given range.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="range">The range of the values.</param>
    /// <returns>The palette.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range is not one of the named values.</exception>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is not a well-formed npy file, or its array is not a palette, such as one with a value outside the range.
    /// </exception>
    public static Palette Load(string path, PaletteRange range)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        CheckRange(range);
        using var stream = File.OpenRead(path);
        return Read(stream, path, range);
    }

    /// <summary>
    /// Writes the palette to an npy file, float32 [K, 3] in [-1, 1], which <see cref="Load(string)"/> and NumPy read. An existing file is replaced only when
    /// the new one is complete.
    /// </summary>
    /// <remarks>
    /// If no center has a negative value, as in a palette of light colors only, load it with <see cref="PaletteRange.MinusOneToOne"/>.
    /// </remarks>
    /// <param name="path">Path of the file. Its folder must exist.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, Write);
    }

    /// <summary>The 8-bit color of a token: round(127.5 (c + 1)) for each value c of its center, halves to even.</summary>
    /// <param name="index">The token, 0 to K - 1.</param>
    /// <returns>Channel values 0 to 255.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The palette has no such token.</exception>
    public (byte R, byte G, byte B) GetColor(int index)
    {
        if ((uint)index >= (uint)Count)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"The palette has the tokens 0 to {Count - 1}.");
        }

        return (ToByte(_centers[3 * index]), ToByte(_centers[(3 * index) + 1]), ToByte(_centers[(3 * index) + 2]));
    }

    /// <summary>Looks up the colors of tokens: three bytes R, G, B for each.</summary>
    /// <param name="tokens">Indices from 0 to <see cref="Count"/> - 1.</param>
    /// <param name="rgb">Receives three times as many bytes.</param>
    internal void Decode(ReadOnlySpan<ushort> tokens, Span<byte> rgb)
    {
        for (var i = 0; i < tokens.Length; i++)
        {
            (rgb[3 * i], rgb[(3 * i) + 1], rgb[(3 * i) + 2]) = GetColor(tokens[i]);
        }
    }

    /// <summary>Measures how well the palette approximates pixels.</summary>
    /// <param name="rgb">3 N channel values from 0 to 255: R, G, B for each of N pixels, N at least 1.</param>
    /// <returns>The inertia and the mean color error.</returns>
    /// <exception cref="ArgumentException">The span is empty, or its length is not a multiple of 3.</exception>
    public PaletteMetrics Evaluate(ReadOnlySpan<byte> rgb)
    {
        if (rgb.Length == 0 || rgb.Length % 3 != 0)
        {
            throw new ArgumentException($"Expected at least one pixel of 3 values (R, G, B); got {rgb.Length} values.", nameof(rgb));
        }

        var tokens = new ushort[rgb.Length / 3];
        new PaletteQuantizer(this).Assign(rgb, tokens);
        var counts = new int[tokens.Length];
        counts.AsSpan().Fill(1);
        return PaletteMetrics.Of(this, rgb, counts, tokens);
    }

    /// <summary>Whether the other palette has the same centers in the same order.</summary>
    /// <param name="other">The palette to compare with.</param>
    /// <returns>True when equal.</returns>
    public bool Equals(Palette? other) => other is not null && _centers.AsSpan().SequenceEqual(other._centers);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Palette);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
#pragma warning disable RS0030 // a hash code of this process, which no result depends on
        var hash = default(HashCode);
        foreach (var value in _centers)
        {
            hash.Add(value);
        }

        return hash.ToHashCode();
#pragma warning restore RS0030
    }

    /// <summary>Whether two palettes have the same centers in the same order, or both are null.</summary>
    /// <param name="left">One palette.</param>
    /// <param name="right">The other.</param>
    /// <returns>True when equal.</returns>
    public static bool operator ==(Palette? left, Palette? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether two palettes differ.</summary>
    /// <param name="left">One palette.</param>
    /// <param name="right">The other.</param>
    /// <returns>True when different.</returns>
    public static bool operator !=(Palette? left, Palette? right) => !(left == right);

    /// <summary>The number of colors as text, such as "512 colors".</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{Count} colors";

    /// <summary>
    /// Reads a palette from the rest of a stream in npy format. <paramref name="nameForErrors"/> names the stream in error messages. The default range is that
    /// of <see cref="Write"/>.
    /// </summary>
    /// <exception cref="InvalidDataException">The stream is not well-formed npy, or its array is not a palette.</exception>
    internal static Palette Read(Stream stream, string nameForErrors, PaletteRange range = PaletteRange.MinusOneToOne)
    {
        var array = NpyFormat.Read(stream, nameForErrors, MaxCount * 3 * sizeof(double));
        return array.Header.Shape is [_, 3]
            ? FromValues(array.ToDoubles(), range, $"'{nameForErrors}' is not a palette:")
            : throw new InvalidDataException($"'{nameForErrors}' is not a palette: its shape is {array.Header.ShapeText}, expected (K, 3).");
    }

    /// <summary>Creates a palette from values that a file stores. <paramref name="startOfError"/> begins the message if they are not a palette.</summary>
    /// <exception cref="InvalidDataException">The values are not a palette.</exception>
    internal static Palette FromValues(ReadOnlySpan<double> values, PaletteRange range, string startOfError)
    {
        var (found, isAssumed) = range == PaletteRange.Detect ? PaletteValues.Detect(values) : (range, false);
        var centers = PaletteValues.ToCenters(values, found);
        return PaletteValues.FindProblem(centers, found) is { } problem
            ? throw new InvalidDataException($"{startOfError} {problem}")
            : new Palette(centers, isAssumed ? found : null);
    }

    /// <summary>Checks that a range is one of the named values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    internal static void CheckRange(PaletteRange range)
    {
        if (!Enum.IsDefined(range))
        {
            throw new ArgumentOutOfRangeException(
                nameof(range), range, $"Unknown range of a palette: expected {string.Join(", ", Enum.GetNames<PaletteRange>())}.");
        }
    }

    /// <summary>Writes the palette in npy format, float32 [K, 3].</summary>
    internal void Write(Stream stream) => NpyFormat.Write(stream, _centers, Count, 3);

    /// <summary>The colors as "#RRGGBB", one per token.</summary>
    internal string[] ToHexNames()
    {
        var names = new string[Count];
        for (var i = 0; i < names.Length; i++)
        {
            var (r, g, b) = GetColor(i);
            names[i] = $"#{r:X2}{g:X2}{b:X2}";
        }

        return names;
    }

    private static byte ToByte(float center) => (byte)MathF.Round(127.5f * (center + 1f));
}
