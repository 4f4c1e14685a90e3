using System.Buffers.Binary;
using System.Text;

namespace IGptMl.TorchNatives;

/// <summary>Edits the table of symbol versions that a 64-bit little-endian ELF library needs (section .gnu.version_r).</summary>
/// <remarks>
/// A version marked weak may be absent: the loader warns only if a symbol of that version is actually looked up.
/// Layout: System V gABI, section header table; Linux Standard Base, "Symbol Versioning" (Elf64_Verneed, Elf64_Vernaux).
/// </remarks>
internal static class SymbolVersions
{
    private const uint SectionVersionNeeds = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort WeakFlag = 2;                   // VER_FLG_WEAK

    /// <summary>Writes a copy of <paramref name="library"/> in which <paramref name="versions"/> are weak. Those that it does not need are ignored.</summary>
    /// <exception cref="InvalidDataException">The library is not an ELF file, or is damaged; the message names it.</exception>
    public static void WriteWeakCopy(string library, string copy, params ReadOnlySpan<string> versions)
    {
        var image = File.ReadAllBytes(library);
        foreach (var version in versions)
        {
            if (FindFlags(library, image, version) is { } flags)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(flags), (ushort)(Read16(image, flags) | WeakFlag));
            }
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(copy))!);
        var beside = $"{copy}.{Environment.ProcessId}"; // a process may be running with the copy that is replaced
        File.WriteAllBytes(beside, image);
        File.Move(beside, copy, overwrite: true);
    }

    /// <summary>The offset of the field vna_flags in the entry that names <paramref name="version"/>, or null.</summary>
    private static int? FindFlags(string library, byte[] image, string version)
    {
        if (!image.AsSpan().StartsWith("\u007fELF\u0002\u0001"u8))
        {
            throw new InvalidDataException($"'{library}' is not a 64-bit little-endian ELF file.");
        }

        try
        {
            return FindFlags(image, version);
        }
        catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException($"'{library}' is a damaged ELF file: a table extends past its end.", e);
        }
    }

    private static int? FindFlags(byte[] image, string version)
    {
        var sections = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan(0x28)));
        int size = Read16(image, 0x3a), count = Read16(image, 0x3c);
        for (var i = 0; i < count; i++)
        {
            var header = sections + (i * size);
            if (Read32(image, header + 4) != SectionVersionNeeds)
            {
                continue;
            }

            var names = Offset(image, sections + ((int)Read32(image, header + 0x28) * size));
            for (var need = Offset(image, header); ;)
            {
                var next = (int)Read32(image, need + 12);
                var aux = need + (int)Read32(image, need + 8);
                for (int entries = Read16(image, need + 2); entries > 0; entries--)
                {
                    if (TextAt(image, names + (int)Read32(image, aux + 8)) == version)
                    {
                        return aux + 4;
                    }

                    aux += (int)Read32(image, aux + 12);
                }

                if (next == 0)
                {
                    break;
                }

                need += next;
            }
        }

        return null;
    }

    private static int Offset(byte[] image, int header) => checked((int)BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan(header + 0x18)));

    private static ushort Read16(byte[] image, int at) => BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(at));

    private static uint Read32(byte[] image, int at) => BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(at));

    private static string TextAt(byte[] image, int at) => Encoding.ASCII.GetString(image, at, Array.IndexOf(image, (byte)0, at) - at);
}
