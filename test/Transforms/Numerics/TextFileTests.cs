using System.Text;
using IGptMl.Numerics;
using IGptMl.Tests.Data;

namespace IGptMl.Tests.Numerics;

[TestClass]
public sealed class TextFileTests
{
    private const string Text = "eins\nbär\nλ😀\n";

    public static IEnumerable<object[]> Marked =>
    [
        [new UTF8Encoding(true)], [new UTF8Encoding(false)], [new UnicodeEncoding(false, true)], [new UnicodeEncoding(true, true)],
        [new UTF32Encoding(false, true)], [new UTF32Encoding(true, true)],
    ];

    [TestMethod]
    [DynamicData(nameof(Marked))]
    public void Read_ByteOrderMarkOrUtf8_IsDecodedWithoutTheMark(Encoding encoding)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("t.txt", [.. encoding.GetPreamble(), .. encoding.GetBytes(Text)]);
        Assert.AreEqual(Text, TextFile.Read(path, "a text"));
        CollectionAssert.AreEqual(Text.TrimEnd().Split('\n'), TextFile.ReadLines(path, "a text").ToArray());
    }

    [TestMethod]
    public void Read_EncodingGiven_IsUsedUnlessThereIsAMark()
    {
        using var folder = new TemporaryFolder();
        Assert.AreEqual("bär", TextFile.Read(folder.Write("t.txt", Encoding.Latin1.GetBytes("bär")), "a text", Encoding.Latin1));
        Assert.AreEqual("bär", TextFile.Read(folder.Write("t.txt", [.. Encoding.UTF8.Preamble, .. "bär"u8]), "a text", Encoding.Latin1));
    }

    [TestMethod]
    [DataRow("a\nb\u00E4r\n", "has the bytes 0xE4, which are not utf-8", DisplayName = "Latin-1")]
    [DataRow("a\r\nb\u00E4", "has the bytes 0xE4, which are not utf-8", DisplayName = "Latin-1 at the end")]
    [DataRow("a\n\u00C0\u0080", "which are not utf-8", DisplayName = "An overlong sequence")]
    [DataRow("a\nb\0\u0001\0", "has a NUL character", DisplayName = "UTF-16 without a mark")]
    public void Read_OtherBytes_NamesFileLineAndRemedy(string bytes, string problem)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("t.txt", Encoding.Latin1.GetBytes(bytes));
        var message = Assert.ThrowsExactly<InvalidDataException>(() => TextFile.Read(path, "a text", remedy: "give it")).Message;
        StringAssert.StartsWith(message, $"'{path}', line 2, ");
        StringAssert.Contains(message, problem);
        StringAssert.EndsWith(message, "Save the file as UTF-8, or give it.");
    }

    [TestMethod]
    public void Read_MarkOfAnotherEncoding_InvalidBytesAreRefused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("t.txt", [0xFF, 0xFE, (byte)'a', 0, (byte)'\n', 0, 0x00, 0xDC]); // half of a surrogate pair
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => TextFile.Read(path, "a text")).Message, "line 2");
    }
}
