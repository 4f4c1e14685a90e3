namespace IGptMl.Tests.Formats;

/// <summary>Damages files at random, reproducibly for a seed.</summary>
internal sealed class Mutations(int seed)
{
    private static readonly ulong[] Numbers =
    [
        0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF, 0x8000000000000000, ulong.MaxValue,
    ];

    private readonly Random _random = new(seed);

    /// <summary>One to four changes, most of them near one of the ends, where the structure is.</summary>
    public byte[] Apply(byte[] file)
    {
        for (var changes = _random.Next(1, 5); changes > 0 && file.Length > 0; changes--)
        {
            file = Change(file);
        }

        return file;
    }

    private byte[] Change(byte[] file)
    {
        var at = Position(file.Length);
        var length = Math.Min(1 << _random.Next(8), file.Length - at);
        switch (_random.Next(8))
        {
            case 0:
                return file[..at];
            case 1:
                return [.. file[..at], .. file[(at + length)..]];
            case 2:
                return [.. file[..(at + length)], .. file[at..]];
            case 3:
                // A digit is replaced by a digit: in text formats, a changed number gets furthest through the parser.
                var digit = Array.FindIndex(file, at, value => value is >= (byte)'0' and <= (byte)'9');
                return Set(file, digit < 0 ? at : digit, [(byte)('0' + _random.Next(10))]);
            case 4:
                return Set(file, at, BitConverter.GetBytes(Numbers[_random.Next(Numbers.Length)])[..(1 << _random.Next(4))]);
            case 5:
                var from = Position(file.Length);
                return Set(file, at, file[from..Math.Min(file.Length, from + length)]);
            default:
                return Set(file, at, [(byte)(file[at] ^ (1 << _random.Next(8)))]);
        }
    }

    private int Position(int length) => _random.Next(4) switch
    {
        0 => _random.Next(length),
        1 => length - 1 - _random.Next(Math.Min(length, 512)),
        _ => _random.Next(Math.Min(length, 512)),
    };

    private static byte[] Set(byte[] file, int at, ReadOnlySpan<byte> bytes)
    {
        var copy = file.AsSpan().ToArray();
        bytes[..Math.Min(bytes.Length, copy.Length - at)].CopyTo(copy.AsSpan(at));
        return copy;
    }
}
