using System.Buffers.Binary;
using System.Text;

namespace IGptMl.Tests.TorchNatives;

/// <summary>
/// A minimal 64-bit little-endian ELF file with a table of needed symbol versions (System V gABI; Linux Standard Base, "Symbol Versioning").
/// </summary>
internal static class TinyElf
{
    private const int HeaderSize = 64;
    private const int SectionSize = 64;
    private const int NeedSize = 16;
    private const int AuxSize = 16;

    /// <summary>Creates a file that needs these versions of these libraries, none of them weak.</summary>
    public static byte[] Create(params (string Library, string[] Versions)[] needs)
    {
        var names = new MemoryStream();
        names.WriteByte(0);
        var table = new MemoryStream();
        for (var i = 0; i < needs.Length; i++)
        {
            var (library, versions) = needs[i];
            var length = NeedSize + (versions.Length * AuxSize);
            Write16(table, 1);
            Write16(table, versions.Length);
            Write32(table, AddName(names, library));
            Write32(table, NeedSize);
            Write32(table, i + 1 < needs.Length ? length : 0);
            for (var j = 0; j < versions.Length; j++)
            {
                Write32(table, 0x1234); // hash
                Write16(table, 0); // flags
                Write16(table, j + 2);
                Write32(table, AddName(names, versions[j]));
                Write32(table, j + 1 < versions.Length ? AuxSize : 0);
            }
        }

        var (tableAt, namesAt) = (HeaderSize, HeaderSize + (int)table.Length);
        var sectionsAt = namesAt + (int)names.Length;
        var image = new byte[sectionsAt + (3 * SectionSize)];
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(image);
        BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(0x28), (ulong)sectionsAt);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(0x3a), SectionSize);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(0x3c), 3);
        table.ToArray().CopyTo(image, tableAt);
        names.ToArray().CopyTo(image, namesAt);
        WriteSection(image.AsSpan(sectionsAt + SectionSize), 3, namesAt, 0); // SHT_STRTAB
        WriteSection(image.AsSpan(sectionsAt + (2 * SectionSize)), 0x6ffffffe, tableAt, 1); // SHT_GNU_verneed, names in section 1
        return image;
    }

    private static void WriteSection(Span<byte> header, uint type, int offset, uint link)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], type);
        BinaryPrimitives.WriteUInt64LittleEndian(header[0x18..], (ulong)offset);
        BinaryPrimitives.WriteUInt32LittleEndian(header[0x28..], link);
    }

    private static int AddName(MemoryStream names, string name)
    {
        var at = (int)names.Length;
        names.Write(Encoding.ASCII.GetBytes(name + '\0'));
        return at;
    }

    private static void Write16(MemoryStream stream, int value) => stream.Write(BitConverter.GetBytes((ushort)value));

    private static void Write32(MemoryStream stream, int value) => stream.Write(BitConverter.GetBytes(value));
}
