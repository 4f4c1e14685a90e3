using System.CommandLine;
using IGptMl.Cli.Commands;
using IGptMl.Cli.Output;
using IGptMl.Tests.Data;
using IGptMl.Tests.Download;
using IGptMl.Tests.Formats;
using IGptMl.Tests.Hub;

namespace IGptMl.Tests.Cli.Commands;

[TestClass]
public sealed class ModelGetCommandTests
{
    [TestMethod]
    public void Get_FetchesAndTellsWhere_AndEveryModelOptionTakesTheName()
    {
        using var hub = new HubServer();
        using var environment = new HubEnvironment(hub.Address);

        var json = CommandLine.Run("model", "get", HubServer.Name, "--json").Json();

        Assert.AreEqual(HubServer.Name, json.GetProperty("name").GetString());
        Assert.IsTrue(File.Exists(Path.Combine(json.GetProperty("path").GetString()!, "config.json")));
        environment.Set("HF_HUB_OFFLINE", "1");
        using var folder = new TemporaryFolder();
        var (named, local) = (folder.Combine("named.npy"), folder.Combine("local.npy"));
        Assert.AreEqual(0, CommandLine.Run("features", "--model", HubServer.Name, "--data", "shapes:8", "--out", named).Code);
        Assert.AreEqual(0, CommandLine.Run("features", "--model", TestData.PathOf("tiny"), "--data", "shapes:8", "--out", local).Code);
        CollectionAssert.AreEqual(File.ReadAllBytes(local), File.ReadAllBytes(named));
    }

    [TestMethod]
    public void Model_ThatIsNotThere_IsDownloaded()
    {
        using var hub = new HubServer();
        using var environment = new HubEnvironment(hub.Address);

        var run = CommandLine.Run("info", HubServer.Name, "--json");

        Assert.AreEqual($"{HubServer.Name}@{HubServer.FirstCommit}", run.Json().GetProperty("origin").GetProperty("Source").GetString());
        StringAssert.Contains(run.Error, $"{HubServer.Name} is now in '");
    }

    [TestMethod]
    public void Model_ThatIsNowhere_SaysWhatItWasTakenFor()
    {
        using var hub = new HubServer();
        using var environment = new HubEnvironment(hub.Address);
        CommandLine.Run("info", "me/nothing").AssertFails(1,
            "'me/nothing' is neither a file nor a folder here, so it was taken for the name of a published model. "
            + "me/nothing does not exist: 127.0.0.1 answered 404 (Repository not found).");
    }

    [TestMethod]
    public void Model_InAFolderThatExists_IsAPath()
    {
        using var hub = new HubServer();
        using var environment = new HubEnvironment(hub.Address);
        CommandLine.Run("info", "bin/nothing").AssertFails(1, "does not exist");
        Directory.CreateDirectory("models-of-mine");
        try
        {
            CommandLine.Run("info", "models-of-mine/nothing").AssertFails(1, "Model file 'models-of-mine/nothing' does not exist.");
        }
        finally
        {
            Directory.Delete("models-of-mine");
        }

        Assert.HasCount(1, hub.Asked, "Only for the first: no folder 'bin' is there.");
    }

    [TestMethod]
    [DataRow("2", "'tiny' is not the name of a published model; expected a name such as openai/imagegpt-small", "tiny")]
    [DataRow("2", "'openai:igpt-s@7' is not the name of a published model", "openai/imagegpt-small", "--source", "openai", "--ckpt", "7")]
    [DataRow("2", "'me/mine' is not a model of OpenAI; expected openai/imagegpt-small or openai/imagegpt-medium", "me/mine", "--source", "openai")]
    [DataRow("2", "--ckpt and --bert are for --source openai", "openai/imagegpt-small", "--bert")]
    public void Get_WrongName_SaysWhatIsExpected(string code, string message, params string[] arguments)
        => CommandLine.Run(["model", "get", .. arguments]).AssertFails(int.Parse(code, System.Globalization.CultureInfo.InvariantCulture), message);

    [TestMethod]
    public void Get_OpenAISource_AsksForTheCheckpoint()
    {
        using var folder = new TemporaryFolder();
        using var server = new WebServer(_ => WebAnswer.NotFound);
        using var output = new StringWriter();
        using var error = new StringWriter();
        var options = new ModelDownloaderOptions { CheckpointEndpoint = server.Address, CheckpointFolder = folder.Path, Offline = false };
        var command = new ModelGetCommand(new Terminal(output, error), new Option<bool>("--verbose"), options);
        string[] arguments = ["openai/imagegpt-large", "--source", "openai", "--ckpt", "262000", "--bert"];

        Assert.ThrowsExactly<DownloadException>(
            () => command.Parse(arguments).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false }));

        Assert.AreEqual("/checkpoints/igpt-l-bert/262000/model.ckpt-262000.index", server.Requests.Single().Path);
    }
}
