using System.Collections.Concurrent;
using System.Security.Cryptography;
using IGptMl.Tests.Data;
using IGptMl.Tests.Download;
using IGptMl.Tests.Formats;

namespace IGptMl.Tests.Models;

[TestClass]
public sealed class OpenAICheckpointsTests
{
    private const string Name = "openai:igpt-s@131000";
    private const string Folder = "/image-gpt/checkpoints/igpt-s/131000/";

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<string, byte[]> _files = new();
    private readonly ConcurrentDictionary<string, byte[]> _forged = new();
    private readonly WebServer _server;

    public OpenAICheckpointsTests()
    {
        foreach (var path in Directory.GetFiles(TestData.PathOf("tiny-tf"), "model.ckpt-1000.*"))
        {
            _files[Folder + Path.GetFileName(path).Replace("-1000.", "-131000.", StringComparison.Ordinal)] = File.ReadAllBytes(path);
        }

        var palette = _folder.Combine("palette.npy");
        using (var tiny = ImageGptModel.Load(TestData.PathOf("tiny")))
        {
            tiny.Palette!.Save(palette);
        }

        _files["/image-gpt/color-clusters/kmeans_centers.npy"] = File.ReadAllBytes(palette);
        File.Delete(palette);
        _server = new WebServer(request => _files.TryGetValue(request.Path, out var content)
            ? new WebAnswer("200 OK", _forged.GetValueOrDefault(request.Path, content), ("Content-MD5", Convert.ToBase64String(MD5.HashData(content))))
            : WebAnswer.NotFound);
    }

    [TestCleanup]
    public void Clean()
    {
        _server.Dispose();
        _folder.Dispose();
    }

    [TestMethod]
    public void FromHub_Checkpoint_IsTheModel_WithItsPalette()
    {
        using var model = ImageGptModel.FromHub(Name, Options);

        TinyFolder.AssertIsTiny(model);
        using var local = ImageGptModel.Load(TestData.PathOf("tiny"));
        Assert.AreEqual(local.Palette, model.Palette);
        Assert.AreEqual(ImageCropping.CenterCrop, model.Cropping);
    }

    [TestMethod]
    public void Get_LeavesTheCheckpointAndNothingElse_AndAsksNobodyAgain()
    {
        var prefix = Get();
        var asked = _server.Requests.Count;

        Assert.AreEqual(_folder.Combine("igpt-s", "131000", "model.ckpt-131000"), prefix);
        CollectionAssert.AreEquivalent(
            _files.Keys.Select(path => path.Split('/')[^1]).ToArray(), Directory.GetFiles(Path.GetDirectoryName(prefix)!).Select(Path.GetFileName).ToArray());
        Assert.AreEqual(prefix, Get());
        Assert.HasCount(asked, _server.Requests);
    }

    [TestMethod]
    public void Get_AfterAConnectionThatBroke_DownloadsOnlyTheRest()
    {
        foreach (var bytes in (int[])[int.MaxValue, int.MaxValue, 1000, 0, 0, 0]) // the index, the first shard, a part of the second
        {
            _server.Cuts.Enqueue(bytes);
        }

        Assert.ThrowsExactly<DownloadException>(() => Get());
        Assert.IsNull(new ModelDownloader(Options).Find(Name));
        var asked = _server.Requests.Count;

        using var model = ImageGptModel.FromHub(Name, Options);

        TinyFolder.AssertIsTiny(model);
        var gets = _server.Requests.Skip(asked).Where(request => request.Method == "GET").ToArray();
        CollectionAssert.AreEqual(new[] { "bytes=1000-", "", "" }, gets.Select(request => request.Range).ToArray());
    }

    [TestMethod]
    public void Get_WrongBytes_AreNotKept()
    {
        var shard = Folder + "model.ckpt-131000.data-00001-of-00003";
        _forged[shard] = [.. _files[shard].Reverse()];

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Get());

        StringAssert.Contains(error.Message, $"is not 'model.ckpt-131000.data-00001-of-00003' of {Name}: its MD5 checksum is ");
        _forged.Clear();
        using var model = ImageGptModel.FromHub(Name, Options);
        TinyFolder.AssertIsTiny(model);
    }

    [TestMethod]
    public void Get_IndexThatIsNone_IsNotKept()
    {
        var index = Folder + "model.ckpt-131000.index";
        var right = _files[index];
        _files[index] = "<html>moved</html>"u8.ToArray();

        Assert.ThrowsExactly<InvalidDataException>(() => Get());

        _files[index] = right;
        using var model = ImageGptModel.FromHub(Name, Options);
        TinyFolder.AssertIsTiny(model);
    }

    [TestMethod]
    public void Get_CheckpointThatIsNotServed_SaysThatTheAddressIsOld()
    {
        var error = Assert.ThrowsExactly<DownloadException>(() => Get("openai:igpt-m-bert"));

        StringAssert.StartsWith(error.Message, "'model.ckpt-1000000.index' of openai:igpt-m-bert "
            + $"({_server.Address}image-gpt/checkpoints/igpt-m-bert/1000000/model.ckpt-1000000.index) cannot be fetched: the server answered 404 (Not Found).");
        StringAssert.Contains(error.Message, "it may no longer be served. The hub has the last autoregressive checkpoints");
    }

    [TestMethod]
    public void Load_PaletteOfAnotherSizeBesideTheCheckpoint_IsRefused()
    {
        var prefix = Get();
        File.Copy(TestData.PathOf("openai-palette", "kmeans_centers.npy"), Path.Combine(Path.GetDirectoryName(prefix)!, "kmeans_centers.npy"), overwrite: true);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => ImageGptModel.Load(prefix).Dispose());

        StringAssert.Contains(error.Message, "has 512 colors; the checkpoint '");
    }

    private ModelDownloaderOptions Options => new()
    {
        CheckpointEndpoint = new Uri(_server.Address, "image-gpt"),
        CheckpointFolder = _folder.Path,
        Offline = false,
        Download = new DownloadOptions { Attempts = 3, RetryDelay = TimeSpan.Zero },
    };

    private string Get(string name = Name) => new ModelDownloader(Options).GetAsync(name).GetAwaiter().GetResult();
}
