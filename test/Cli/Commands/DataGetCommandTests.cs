using System.CommandLine;
using System.Text.Json;
using IGptMl.Cli.Commands;
using IGptMl.Cli.Output;
using IGptMl.Tests.Data;
using IGptMl.Tests.Data.Download;

namespace IGptMl.Tests.Cli.Commands;

[TestClass]
public sealed class DataGetCommandTests
{
    [TestMethod]
    public void Get_FetchesAndTellsWhere()
    {
        using var folder = new TemporaryFolder();
        var archive = new TinyArchive();
        using var server = new FileServer(archive.Bytes) { Cuts = new([10_000]) };

        var (code, output, error) = Run(archive.Data, "tiny", "--from", server.Address.ToString(), "--out", folder.Path, "--json");

        Assert.AreEqual(0, code);
        var json = JsonDocument.Parse(output).RootElement;
        Assert.AreEqual(folder.Combine("tiny"), json.GetProperty("folder").GetString());
        Assert.AreEqual(40_004, json.GetProperty("bytes").GetInt64());
        StringAssert.Contains(error, "Downloading: MB");
        StringAssert.Contains(error, "Unpacking: MB");
    }

    [TestMethod]
    public void Get_WrongBytesFromAMirror_FailsInOneLine()
    {
        using var folder = new TemporaryFolder();
        using var server = new FileServer([1, 2, 3]);

        var line = CommandLine.Run("data", "get", "cifar10", "--out", folder.Path, "--from", server.Address.ToString());

        line.AssertFails(1, "has 3 bytes; the archive of CIFAR-10 has 170,052,171 bytes.");
    }

    [TestMethod]
    public void Get_UnknownDataSet_NamesThoseThatAre()
    {
        var line = CommandLine.Run("data", "get", "mnist");

        line.AssertFails(2, "'mnist'");
        StringAssert.Contains(line.Error, "cifar10");
        StringAssert.Contains(line.Error, "See 'igpt data get --help'.");
    }

    [TestMethod]
    [DataRow("ftp://127.0.0.1/x")]
    [DataRow("here")]
    public void Get_AddressThatIsNone_SaysWhatIsExpected(string address)
        => CommandLine.Run("data", "get", "cifar10", "--from", address)
            .AssertFails(2, $"--from is '{address}'; expected an address that begins with http:// or https://.");

    [TestMethod]
    public void Get_Canceled_SaysThatItGoesOn()
    {
        using var folder = new TemporaryFolder();
        using var server = new FileServer([1]) { IsSilent = true };
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));

        var line = CommandLine.Run(cancellation.Token, "data", "get", "cifar10", "--out", folder.Path, "--from", server.Address.ToString());

        line.AssertFails(130, "Canceled. The partial download is kept; the same command resumes it.");
    }

    private static (int Code, string Output, string Error) Run(PublishedData data, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var root = new RootCommand { new DataGetCommand(new Terminal(output, error), new Option<bool>("--verbose"), [data]) };
        var code = root.Parse(["get", .. args]).Invoke();
        return (code, output.ToString(), error.ToString());
    }
}
