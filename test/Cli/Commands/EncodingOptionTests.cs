using System.Text;
using IGptMl.Tests.Data;

namespace IGptMl.Tests.Cli.Commands;

[TestClass]
public sealed class EncodingOptionTests
{
    [TestMethod]
    [DataRow("latin1")]
    [DataRow("windows-1252")]
    [DataRow("ISO-8859-1")]
    public void ListOfAnotherEncoding_IsReadWhenItIsGiven(string encoding)
    {
        using var folder = new TemporaryFolder();
        folder.WriteImage("bär.png", 4, 4, (9, 9, 9));
        folder.WriteImage("bör.png", 4, 4, (200, 9, 9));
        var list = folder.Write("list.csv", Encoding.Latin1.GetBytes("path,label\nbär.png,bär\nbör.png,bör\n"));
        string[] command = ["palette", "fit", "--data", $"csv:{list}", "--colors", "2", "--image-size", "32", "--pixels", "1000", "--out",
            folder.Combine("p.npy")];
        CommandLine.Run(command).AssertFails(1, $"'{list}', line 2, ");
        var run = CommandLine.Run([.. command, "--encoding", encoding]);
        Assert.AreEqual(0, run.Code, run.Error);
    }

    [TestMethod]
    public void UnknownEncoding_IsRefused()
        => CommandLine.Run("evaluate", "--model", TinyModel.ZipPath, "--data", "shapes:1", "--encoding", "klingon")
            .AssertFails(2, "--encoding is 'klingon'; expected the name of an encoding");
}
