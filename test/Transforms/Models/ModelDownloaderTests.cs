using System.Text;
using System.Text.Json.Nodes;
using IGptMl.Cli.Output;
using IGptMl.Tests.Data;
using IGptMl.Tests.Download;
using IGptMl.Tests.Formats;
using IGptMl.Tests.Hub;

namespace IGptMl.Tests.Models;

[TestClass]
public sealed class ModelDownloaderTests
{
    private const string Name = HubServer.Name;

    private readonly TemporaryFolder _folder = new();
    private readonly HubServer _hub = new();

    [TestCleanup]
    public void Clean()
    {
        _hub.Dispose();
        _folder.Dispose();
    }

    [TestMethod]
    public void FromHub_ModelThatExistsAsPickle_IsTheModel_AndItsPalette()
    {
        using var model = ImageGptModel.FromHub(Name, Options);

        TinyFolder.AssertIsTiny(model);
        using var local = ImageGptModel.Load(TestData.PathOf("tiny"));
        Assert.AreEqual(local.Palette, model.Palette);
    }

    [TestMethod]
    public void Get_FillsTheCacheAsTheHubsToolsDo()
    {
        var path = Get();

        var repository = _folder.Combine("models--openai--imagegpt-tiny");
        Assert.AreEqual(Path.Combine(repository, "snapshots", HubServer.FirstCommit), path);
        Assert.AreEqual(HubServer.FirstCommit, File.ReadAllText(Path.Combine(repository, "refs", "main")));
        CollectionAssert.AreEquivalent(
            _hub.Files.Values.Select(HubServer.HashOf).ToArray(), Directory.GetFiles(Path.Combine(repository, "blobs")).Select(Path.GetFileName).ToArray());
        foreach (var (file, content) in _hub.Files)
        {
            var link = new FileInfo(Path.Combine(path, file));
            if (!OperatingSystem.IsWindows())
            {
                Assert.AreEqual($"../../blobs/{HubServer.HashOf(content)}", link.LinkTarget);
            }

            CollectionAssert.AreEqual(content, File.ReadAllBytes(link.FullName));
        }
    }

    [TestMethod]
    public void Get_AsksForTheArchitectureFirst_AndForWeightsInOrderOfPreference()
    {
        Get();

        CollectionAssert.AreEqual(
            new[]
            {
                "HEAD config.json", "GET config.json", "HEAD model.safetensors", "HEAD model.safetensors.index.json", "HEAD pytorch_model.bin",
                "HEAD preprocessor_config.json", "GET preprocessor_config.json", "GET pytorch_model.bin",
            },
            _hub.Asked);
        Assert.IsTrue(_hub.Requests.Skip(1).All(request => request.Path.Contains($"/resolve/{HubServer.FirstCommit}/", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void Get_CompleteModel_AsksNobody()
    {
        var first = Get();
        var asked = _hub.Asked.Length;

        Assert.AreEqual(first, Get());
        Assert.AreEqual(first, new ModelDownloader(Options with { Offline = true }).Find(Name));

        Assert.HasCount(asked, _hub.Asked);
    }

    [TestMethod]
    public void Get_Safetensors_ArePreferred()
    {
        _hub.Files["model.safetensors"] = File.ReadAllBytes(TestData.PathOf("tiny", "model.safetensors"));

        using var model = ImageGptModel.Load(Get());

        TinyFolder.AssertIsTiny(model);
        Assert.IsFalse(_hub.Asked.Contains("HEAD pytorch_model.bin"));
    }

    [TestMethod]
    public void Get_Shards_AreAllFetched()
    {
        using var folder = new TinyFolder();
        var weights = TinyFolder.ReadWeights(folder.Combine("model.safetensors"));
        var map = new JsonObject();
        foreach (var (half, shard) in weights.Chunk((weights.Count + 1) / 2).Select((half, i) => (half, $"model-{i + 1:D5}-of-00002.safetensors")))
        {
            folder.WriteWeights(shard, half.ToDictionary());
            _hub.Files[shard] = File.ReadAllBytes(folder.Combine(shard));
            half.ToList().ForEach(weight => map[weight.Key] = shard);
        }

        _hub.Files["model.safetensors.index.json"] = Encoding.UTF8.GetBytes(new JsonObject { ["weight_map"] = map }.ToJsonString());

        var path = Get();

        using var model = ImageGptModel.Load(path);
        TinyFolder.AssertIsTiny(model);
        File.Delete(Path.Combine(path, "model-00002-of-00002.safetensors"));
        Assert.IsNull(new ModelDownloader(Options).Find(Name), "A model without one of its shards is not complete.");
    }

    [TestMethod]
    public void Get_Token_GoesToTheHubAlone()
    {
        _hub.Token = "hf_secret";

        Get(Options with { Token = "hf_secret" });

        Assert.IsTrue(_hub.Requests.All(request => request.Authorization == "Bearer hf_secret"));
        Assert.IsNotEmpty(_hub.Storage.Requests);
        Assert.IsTrue(_hub.Storage.Requests.All(request => request.Authorization.Length == 0));
    }

    [TestMethod]
    public void Get_RenamedRepository_IsFollowedWithTheToken()
    {
        _hub.Token = "hf_secret";

        using var model = ImageGptModel.FromHub("openai/old-name", Options with { Token = "hf_secret" });

        TinyFolder.AssertIsTiny(model);
    }

    [TestMethod]
    public void Get_ConnectionCut_GoesOnWhereItWas()
    {
        _hub.Storage.Cuts.Enqueue(10_000);
        _hub.Storage.Cuts.Enqueue(5_000);

        using var model = ImageGptModel.Load(Get());

        TinyFolder.AssertIsTiny(model);
        CollectionAssert.AreEqual(new[] { "", "bytes=10000-", "bytes=15000-" }, _hub.Storage.Requests.Select(request => request.Range).ToArray());
    }

    [TestMethod]
    public void Get_AfterARunThatGaveUp_GoesOnWhereItWas()
    {
        foreach (var bytes in (int[])[10_000, 0, 0, 0])
        {
            _hub.Storage.Cuts.Enqueue(bytes);
        }

        var error = Assert.ThrowsExactly<DownloadException>(() => Get());
        StringAssert.Contains(error.Message, "10,000 of 191,270 bytes are downloaded and kept; the same command resumes from there.");
        Assert.IsNull(new ModelDownloader(Options).Find(Name));

        using var model = ImageGptModel.Load(Get());

        TinyFolder.AssertIsTiny(model);
        Assert.AreEqual("bytes=10000-", _hub.Storage.Requests.Last().Range);
    }

    [TestMethod]
    public void Get_WrongBytes_AreNotKept()
    {
        var forged = _hub.Files["pytorch_model.bin"].ToArray();
        forged[1000] ^= 1;
        _hub.Forged["pytorch_model.bin"] = forged;

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Get());

        StringAssert.Contains(error.Message, $"is not 'pytorch_model.bin' of {Name}");
        StringAssert.Contains(
            error.Message, $"its SHA-256 checksum is {HubServer.HashOf(forged)}; expected {HubServer.HashOf(_hub.Files["pytorch_model.bin"])}");
        Assert.HasCount(2, Directory.GetFiles(_folder.Combine("models--openai--imagegpt-tiny", "blobs")));
        _hub.Forged.Clear();
        using var model = ImageGptModel.Load(Get());
        TinyFolder.AssertIsTiny(model);
    }

    [TestMethod]
    public void Get_WrongBytesOfASmallFile_AreNotKept()
    {
        _hub.Forged["preprocessor_config.json"] = [.. _hub.Files["preprocessor_config.json"].Reverse()];

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Get());

        StringAssert.Contains(error.Message, "its Git SHA-1 checksum is ");
    }

    [TestMethod]
    public void Get_AnotherKindOfModel_IsRefusedBeforeItsWeights()
    {
        _hub.Files["config.json"] = """{ "model_type": "gpt2", "n_embd": 768 }"""u8.ToArray();

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Get());

        StringAssert.StartsWith(error.Message, $"{Name} is not an Image GPT that this library runs; its weights were not downloaded. ");
        StringAssert.Contains(error.Message, "gpt2");
        CollectionAssert.AreEqual(new[] { "HEAD config.json", "GET config.json" }, _hub.Asked);
    }

    [TestMethod]
    public void Get_NoConfiguration_IsNoModel()
    {
        _hub.Files.Remove("config.json");

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Get());

        Assert.AreEqual($"{Name} has no 'config.json' on 127.0.0.1, so it is not a model.", error.Message);
    }

    [TestMethod]
    public void Get_NoWeights_NamesTheFilesThatWereLookedFor()
    {
        _hub.Files.Remove("pytorch_model.bin");

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Get());

        StringAssert.Contains(error.Message, "has no weights; expected one of 'model.safetensors', 'model.safetensors.index.json', 'pytorch_model.bin'");
    }

    [TestMethod]
    public void Get_MissingRevision_IsNamed()
        => AssertFails($"{Name}@v9", $"{Name} has no revision 'v9': 127.0.0.1 answered 404 (Invalid rev id: v9).");

    [TestMethod]
    public void Get_PullRequest_IsARevision()
    {
        using var model = ImageGptModel.FromHub($"{Name}@refs/pr/2", Options);

        TinyFolder.AssertIsTiny(model);
        Assert.AreEqual(HubServer.FirstCommit, File.ReadAllText(_folder.Combine("models--openai--imagegpt-tiny", "refs", "refs", "pr", "2")));
    }

    [TestMethod]
    public void Get_MissingRepository_IsNamed()
        => AssertFails("openai/imagegpt-huge", "openai/imagegpt-huge does not exist: 127.0.0.1 answered 404 (Repository not found).");

    [TestMethod]
    public void Get_PrivateWithoutToken_SaysHowToGiveOne()
    {
        _hub.Token = "hf_secret";
        AssertFails(Name, $"{Name} does not exist, or it is private: 127.0.0.1 answered 401 (Repository not found). "
            + "For a private model, set a token, for example in the environment variable HF_TOKEN.");
    }

    [TestMethod]
    public void Get_TokenRefused_SaysSo_AndDoesNotShowIt()
    {
        _hub.Token = "hf_secret";
        var error = Assert.ThrowsExactly<DownloadException>(() => Get(Options with { Token = "hf_wrong" }));

        StringAssert.StartsWith(
            error.Message, $"The token for {Name} was refused: 127.0.0.1 answered 401 (Invalid credentials in Authorization header).");
        Assert.IsFalse(error.Message.Contains("hf_wrong", StringComparison.Ordinal));
        Assert.IsFalse($"{Options with { Token = "hf_wrong" }}".Contains("hf_wrong", StringComparison.Ordinal));
    }

    [TestMethod]
    public void Get_GatedRepository_SaysWhereItsTermsAre()
    {
        _hub.Instead.Enqueue(new WebAnswer("403 Forbidden", [], ("X-Error-Code", "GatedRepo"), ("X-Error-Message", "Access is restricted")));
        AssertFails(Name, $"{Name} is gated: accept its terms at {_hub.Address.AbsoluteUri.TrimEnd('/')}/{Name}, and set a token, for example in the "
            + "environment variable HF_TOKEN. 127.0.0.1 answered 403 (Access is restricted).");
    }

    [TestMethod]
    public void Get_BusyHub_IsAskedAgain()
    {
        _hub.Instead.Enqueue(new WebAnswer("503 Service Unavailable", []));
        _hub.Instead.Enqueue(new WebAnswer("429 Too Many Requests", []));

        using var model = ImageGptModel.Load(Get());

        TinyFolder.AssertIsTiny(model);
    }

    [TestMethod]
    public void Get_AnswerWithoutChecksum_IsRefused()
    {
        _hub.Instead.Enqueue(new WebAnswer("200 OK", "<html></html>"u8.ToArray()));

        var error = Assert.ThrowsExactly<DownloadException>(() => Get());

        StringAssert.Contains(error.Message, "the answer has no commit, size or checksum");
    }

    [TestMethod]
    [DataRow("../../../evil")]
    [DataRow("0123")]
    public void Get_HashThatIsNoHash_NamesNoFile(string hash)
    {
        _hub.Instead.Enqueue(new WebAnswer("200 OK", "{}"u8.ToArray(), ("X-Repo-Commit", HubServer.FirstCommit), ("ETag", $"\"{hash}\"")));

        Assert.ThrowsExactly<DownloadException>(() => Get());

        Assert.IsEmpty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [TestMethod]
    public void Get_NobodyThere_AsksWhetherTheMachineIsOnline()
    {
        var options = Options;
        using (var gone = new HubServer())
        {
            options = options with { Endpoint = gone.Address }; // it is disposed, so nothing listens on this port
        }

        var error = Assert.ThrowsExactly<DownloadException>(() => Get(options));

        StringAssert.StartsWith(error.Message, $"'config.json' of {Name} ({options.Endpoint}{Name}/resolve/main/config.json) cannot be fetched: ");
        StringAssert.EndsWith(error.Message, "Is this machine online?");
    }

    [TestMethod]
    public void Get_Offline_SaysHowToGoOnline()
    {
        var error = Assert.ThrowsExactly<DownloadException>(() => Get(Options with { Offline = true }));

        Assert.AreEqual($"{Name} is not on this machine, in '{_folder.Path}', and offline mode is on, for example by the environment variable HF_HUB_OFFLINE. "
            + "Turn it off to download the model.", error.Message);
        Assert.IsEmpty(_hub.Asked);
    }

    [TestMethod]
    public void Get_Refresh_FetchesTheNewCommit_AndOnlyWhatChanged()
    {
        var first = Get();
        _hub.Commit = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
        _hub.Files["preprocessor_config.json"] = [.. _hub.Files["preprocessor_config.json"], (byte)'\n'];

        Assert.AreEqual(first, Get());
        var second = Get(Options with { Refresh = true });

        Assert.AreNotEqual(first, second);
        Assert.AreEqual(second, Get());
        Assert.HasCount(1, _hub.Storage.Requests);
        using var model = ImageGptModel.FromHub($"{Name}@{HubServer.FirstCommit}", Options with { Offline = true });
        TinyFolder.AssertIsTiny(model);
    }

    [TestMethod]
    public void Get_CacheThatAnotherToolLeftIncomplete_IsCompleted()
    {
        var path = Get();
        var weights = new FileInfo(Path.Combine(path, "pytorch_model.bin"));
        var blob = _folder.Combine("models--openai--imagegpt-tiny", "blobs", HubServer.HashOf(_hub.Files["pytorch_model.bin"]));
        File.Move(weights.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? weights.FullName, $"{blob}.incomplete");
        using (var part = new FileStream($"{blob}.incomplete", FileMode.Open))
        {
            part.SetLength(100_000);
        }

        Assert.IsNull(new ModelDownloader(Options).Find(Name), "The link to the weights leads nowhere.");
        using var model = ImageGptModel.Load(Get());

        TinyFolder.AssertIsTiny(model);
        Assert.AreEqual("bytes=100000-", _hub.Storage.Requests.Last().Range);
    }

    [TestMethod]
    public void Get_FileThatAnotherProcessDownloads_IsWaitedFor()
    {
        var hash = HubServer.HashOf(_hub.Files["pytorch_model.bin"]);
        var locks = Directory.CreateDirectory(_folder.Combine(".locks", "models--openai--imagegpt-tiny"));
        var blobs = Directory.CreateDirectory(_folder.Combine("models--openai--imagegpt-tiny", "blobs"));
        var other = new FileStream(Path.Combine(locks.FullName, $"{hash}.lock"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);

        var path = Get(progress: new Relay<DownloadProgress>(value =>
        {
            if (value.Stage == DownloadStage.Waiting)
            {
                File.WriteAllBytes(Path.Combine(blobs.FullName, hash), _hub.Files["pytorch_model.bin"]);
                other.Dispose();
            }
        }));

        using var model = ImageGptModel.Load(path);
        TinyFolder.AssertIsTiny(model);
        Assert.IsEmpty(_hub.Storage.Requests);
    }

    [TestMethod]
    public void Get_Progress_CountsAllFilesAsOne()
    {
        var seen = new List<DownloadProgress>();

        Get(progress: new Relay<DownloadProgress>(seen.Add));

        var total = _hub.Files["pytorch_model.bin"].Length + _hub.Files["preprocessor_config.json"].Length;
        Assert.IsTrue(seen.All(value => value.Total == total && value.Done <= total));
        Assert.AreEqual(total, seen[^1].Done);
        var downloading = seen.Where(value => value.Stage == DownloadStage.Downloading).Select(value => value.Done).ToArray();
        CollectionAssert.AreEqual(downloading.Order().ToArray(), downloading);
    }

    [TestMethod]
    public void Get_TooLittleRoom_SaysHowMuchIsNeeded()
    {
        var error = Assert.ThrowsExactly<DownloadException>(() => Get(Options with { Download = Options.Download with { FreeBytes = _ => 0 } }));

        StringAssert.StartsWith(error.Message, $"{Name} needs 0.0 GB in '{_folder.Path}', but only 0.0 GB are free.");
        Assert.IsEmpty(_hub.Storage.Requests);
    }

    [TestMethod]
    public void Get_Canceled_KeepsWhatHasCome()
    {
        using var cancellation = new CancellationTokenSource();
        _hub.Storage.Cuts.Enqueue(10_000);

        Assert.Throws<OperationCanceledException>(() => Get(cancellation: cancellation.Token, progress: new Relay<DownloadProgress>(value =>
        {
            if (value.Done > 10_000)
            {
                cancellation.Cancel();
            }
        })));

        var blobs = _folder.Combine("models--openai--imagegpt-tiny", "blobs");
        Assert.AreEqual(10_000, new FileInfo(Directory.GetFiles(blobs, "*.incomplete").Single()).Length);
    }

    [TestMethod]
    [DataRow("openai/imagegpt-small", true)]
    [DataRow("openai/imagegpt-small@refs/pr/2", true)]
    [DataRow("me/my.model_2@v1.0", true)]
    [DataRow("openai:igpt-s", true)]
    [DataRow("openai:igpt-l-bert@131000", true)]
    [DataRow("openai:igpt-l@7", false)]
    [DataRow("openai:igpt-xl", false)]
    [DataRow("model.zip", false)]
    [DataRow("runs/model.zip", false)]
    [DataRow("runs/first/model.zip", false)]
    [DataRow("/runs/model", false)]
    [DataRow("./runs", false)]
    [DataRow("../runs", false)]
    [DataRow("a/b@../../c", false)]
    [DataRow("a/b@c/", false)]
    [DataRow("a/b@c//d", false)]
    [DataRow("a/b--c", false)]
    [DataRow("a/b c", false)]
    [DataRow("C:\\runs", false)]
    [DataRow("", false)]
    [DataRow(null, false)]
    public void IsName_IsTrueForNames(string? text, bool isName) => Assert.AreEqual(isName, ModelDownloader.IsName(text));

    [TestMethod]
    public void Get_NoName_SaysWhatANameIs()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => Get(name: "imagegpt-small"));

        StringAssert.StartsWith(
            error.Message, "'imagegpt-small' is not the name of a published model; expected a name on the hub, such as openai/imagegpt-small");
    }

    [TestMethod]
    public void Options_OutOfRange_AreReportedTogether()
    {
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => new ModelDownloader(new ModelDownloaderOptions { Endpoint = new Uri("ftp://hub"), HubCacheFolder = " ", Token = "a b" }));

        StringAssert.Contains(error.Message, "Endpoint is ftp://hub/; expected an address that begins with http:// or https://.");
        StringAssert.Contains(error.Message, "HubCacheFolder");
        StringAssert.Contains(error.Message, "Token is (hidden); expected printable characters without spaces.");
    }

    private ModelDownloaderOptions Options => new()
    {
        Endpoint = _hub.Address,
        HubCacheFolder = _folder.Path,
        Token = null,
        Offline = false,
        Download = new DownloadOptions { Attempts = 3, RetryDelay = TimeSpan.Zero },
    };

    private string Get(
        ModelDownloaderOptions? options = null,
        string name = Name,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellation = default)
        => new ModelDownloader(options ?? Options).GetAsync(name, progress, cancellation).GetAwaiter().GetResult();

    private void AssertFails(string name, string message)
        => Assert.AreEqual(message, Assert.ThrowsExactly<DownloadException>(() => Get(name: name)).Message);
}
