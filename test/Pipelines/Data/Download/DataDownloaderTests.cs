using IGptMl.Cli.Output;

namespace IGptMl.Tests.Data.Download;

[TestClass]
public sealed class DataDownloaderTests
{
    private static readonly DownloadOptions Quick = new() { Attempts = 3, RetryDelay = TimeSpan.Zero };

    private readonly TinyArchive _archive = new();
    private readonly TemporaryFolder _folder = new();

    [TestCleanup]
    public void RemoveFolder() => _folder.Dispose();

    [TestMethod]
    public void Get_UnpacksTheDataSet_AndLeavesNothingElse()
    {
        using var server = new FileServer(_archive.Bytes);
        var stages = new List<DownloadProgress>();

        var home = Get(server, progress: new Relay<DownloadProgress>(stages.Add));

        Assert.AreEqual(_folder.Combine("tiny"), home);
        CollectionAssert.AreEqual(_archive.Pixels, File.ReadAllBytes(_folder.Combine("tiny", "pixels.bin")));
        CollectionAssert.AreEqual(new[] { home }, Directory.GetFileSystemEntries(_folder.Path));
        DownloadStage[] all = [DownloadStage.Downloading, DownloadStage.Checking, DownloadStage.Unpacking];
        CollectionAssert.AreEqual(all, stages.Select(s => s.Stage).Distinct().ToArray());
        Assert.AreEqual(_archive.Bytes.Length, stages.Last(s => s.Stage == DownloadStage.Downloading).Done);
        Assert.IsTrue(stages.All(s => s.Done <= s.Total && s.Total == _archive.Bytes.Length));
    }

    [TestMethod]
    public void Get_DataSetThatIsThere_AsksNobody()
    {
        using var server = new FileServer(_archive.Bytes);
        Get(server);

        Assert.AreEqual(_folder.Combine("tiny"), Get(server));

        Assert.HasCount(1, server.Ranges);
    }

    [TestMethod]
    public void Get_DataSetThatIsNotComplete_IsLeftAlone()
    {
        using var server = new FileServer(_archive.Bytes);
        _folder.Write("tiny/names.txt", [1]);
        _folder.Write("tiny/pixels.bin", [1, 2]);

        var error = Assert.ThrowsExactly<DownloadException>(() => Get(server));

        Assert.AreEqual(
            $"'{_folder.Combine("tiny")}' exists, but it is not a complete Tiny: 'pixels.bin' has 2 bytes instead of 40,000. "
                + "Remove that folder to fetch it again.",
            error.Message);
        Assert.IsEmpty(server.Ranges);
    }

    [TestMethod]
    public void Get_ConnectionCut_GoesOnWhereItWas()
    {
        using var server = new FileServer(_archive.Bytes) { Cuts = new([10_000, 5_000, 1]) };

        Get(server);

        CollectionAssert.AreEqual(new[] { string.Empty, "bytes=10000-", "bytes=15000-", "bytes=15001-" }, server.Ranges.ToArray());
        CollectionAssert.AreEqual(_archive.Pixels, File.ReadAllBytes(_folder.Combine("tiny", "pixels.bin")));
    }

    [TestMethod]
    public void Get_AfterARunThatGaveUp_GoesOnWhereItWas()
    {
        using (var server = new FileServer(_archive.Bytes) { Cuts = new([10_000, 0, 0, 0, 0]) })
        {
            var error = Assert.ThrowsExactly<DownloadException>(() => Get(server));
            StringAssert.Contains(error.Message, $"10,000 of {_archive.Bytes.Length:N0} bytes are downloaded and kept; the same command resumes from there.");
            Assert.IsFalse(Directory.Exists(_folder.Combine("tiny")));
        }

        using var next = new FileServer(_archive.Bytes);
        Get(next);

        Assert.AreEqual("bytes=10000-", next.Ranges.Single());
    }

    [TestMethod]
    public void Get_ServerWithoutRanges_BeginsAnew()
    {
        using var server = new FileServer(_archive.Bytes) { KnowsRanges = false, Cuts = new([10_000, 20_000]) };

        Get(server);

        CollectionAssert.AreEqual(new[] { string.Empty, "bytes=10000-", "bytes=20000-" }, server.Ranges.ToArray());
        CollectionAssert.AreEqual(_archive.Pixels, File.ReadAllBytes(_folder.Combine("tiny", "pixels.bin")));
    }

    [TestMethod]
    public void Get_ServerWithoutRangesThatAlwaysCuts_GivesUp()
    {
        using var server = new FileServer(_archive.Bytes) { KnowsRanges = false, Cuts = new([10_000, 10_000, 9_000, 8_000, 7_000]) };

        Assert.ThrowsExactly<DownloadException>(() => Get(server));
        Assert.HasCount(4, server.Ranges);
    }

    [TestMethod]
    public void Get_FileChangedBetweenTheRequests_IsNotMixed()
    {
        var wrong = new byte[_archive.Bytes.Length];
        using var server = new FileServer(wrong) { Tag = "\"old\"", Cuts = new([10_000, 0, 0, 0]) };
        Assert.ThrowsExactly<DownloadException>(() => Get(server));
        (server.Content, server.Tag) = (_archive.Bytes, "\"new\"");
        server.Cuts.Clear();

        Get(server);

        CollectionAssert.AreEqual(_archive.Pixels, File.ReadAllBytes(_folder.Combine("tiny", "pixels.bin")));
        Assert.HasCount(5, server.Ranges);
    }

    [TestMethod]
    public void Get_MixedByAServerWithoutVersions_IsFetchedOnceMore()
    {
        using var server = new FileServer(new byte[_archive.Bytes.Length]) { Tag = null, Cuts = new([10_000, 0, 0, 0]) };
        Assert.ThrowsExactly<DownloadException>(() => Get(server));
        server.Content = _archive.Bytes;
        server.Cuts.Clear();

        Get(server);

        CollectionAssert.AreEqual(new[] { "bytes=10000-", string.Empty }, server.Ranges.Skip(4).ToArray());
        CollectionAssert.AreEqual(_archive.Pixels, File.ReadAllBytes(_folder.Combine("tiny", "pixels.bin")));
    }

    [TestMethod]
    public void Get_WrongBytes_AreNotUnpackedNorKept()
    {
        var wrong = _archive.Bytes.ToArray();
        wrong[20_000] ^= 1;
        using var server = new FileServer(wrong);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Get(server));

        StringAssert.Contains(error.Message, $"is not the archive of Tiny: its MD5 checksum is ");
        StringAssert.Contains(error.Message, $"expected {_archive.Data.Md5}. It is not used.");
        Assert.IsEmpty(Directory.GetFileSystemEntries(_folder.Path));
        Assert.HasCount(1, server.Ranges);
    }

    [TestMethod]
    public void Get_AnswerOfAnotherSize_IsRefusedAtOnce()
    {
        using var server = new FileServer("<html>Please log in</html>"u8.ToArray());

        var error = Assert.ThrowsExactly<DownloadException>(() => Get(server));

        StringAssert.Contains(error.Message, "has 26 bytes; the archive of Tiny has");
        Assert.HasCount(1, server.Ranges);
    }

    [TestMethod]
    public void Get_ServerIsBusy_IsAskedAgain()
    {
        using var server = new FileServer(_archive.Bytes) { Statuses = new(["503 Busy", "500 Oops"]) };

        Get(server);

        Assert.HasCount(3, server.Ranges);
    }

    [TestMethod]
    public void Get_NotFound_SaysSo()
    {
        using var server = new FileServer(_archive.Bytes) { Statuses = new(["404 Not Found"]) };

        var error = Assert.ThrowsExactly<DownloadException>(() => Get(server));

        StringAssert.Contains(error.Message, "the server answered 404 (Not Found). Has the address changed?");
        Assert.HasCount(1, server.Ranges);
    }

    [TestMethod]
    public void Get_NobodyThere_AsksWhetherTheMachineIsOnline()
    {
        Uri address;
        using (var server = new FileServer([]))
        {
            address = server.Address; // the server is disposed, so nothing listens on this port
        }

        var error = Assert.ThrowsExactly<DownloadException>(() => Get(_archive.Data with { Address = address }, Quick));

        StringAssert.StartsWith(error.Message, $"Tiny ({address}) cannot be fetched: ");
        StringAssert.Contains(error.Message, "Is this machine online?");
    }

    [TestMethod]
    public void Get_UnknownHost_IsNotTriedAgain()
    {
        var data = _archive.Data with { Address = new Uri("http://nowhere.invalid/data.tar.gz") };
        var error = Assert.ThrowsExactly<DownloadException>(() => Get(data, Quick with { RetryDelay = TimeSpan.FromMinutes(1) }));

        StringAssert.Contains(error.Message, "Is this machine online?");
    }

    [TestMethod]
    public void Get_SilentServer_IsLeft()
    {
        using var server = new FileServer(_archive.Bytes) { IsSilent = true };

        var options = Quick with { Attempts = 1, SilenceTimeout = TimeSpan.FromMilliseconds(300) };
        var error = Assert.ThrowsExactly<DownloadException>(() => Get(_archive.Data with { Address = server.Address }, options));

        StringAssert.Contains(error.Message, "no data arrived for 0 seconds");
    }

    [TestMethod]
    public void Get_Canceled_KeepsWhatHasCome()
    {
        using var server = new FileServer(_archive.Bytes) { Cuts = new([10_000]) };
        using var cancellation = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => Get(server, cancellation.Token, new Relay<DownloadProgress>(value =>
        {
            if (value.Done == 10_000)
            {
                cancellation.Cancel();
            }
        })));

        Assert.AreEqual(10_000, new FileInfo(_folder.Combine("tiny.tar.gz.partial")).Length);
    }

    [TestMethod]
    public void Get_ArchiveBroughtByHand_IsCheckedUnpackedAndKept()
    {
        var path = _folder.Write("tiny.tar.gz", _archive.Bytes);

        Get(_archive.Data, Quick);

        CollectionAssert.AreEqual(_archive.Pixels, File.ReadAllBytes(_folder.Combine("tiny", "pixels.bin")));
        Assert.IsTrue(File.Exists(path));
    }

    [TestMethod]
    public void Get_WrongArchiveBroughtByHand_IsNamedAndKept()
    {
        var path = _folder.Write("tiny.tar.gz", _archive.Bytes[1..]);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Get(_archive.Data, Quick));

        StringAssert.StartsWith(error.Message, $"'{path}' is not the archive of Tiny");
        Assert.IsTrue(File.Exists(path));
    }

    [TestMethod]
    public void Get_TooLittleRoom_SaysHowMuchIsNeeded()
    {
        using var server = new FileServer(_archive.Bytes);
        var data = _archive.Data with { Address = server.Address, ArchiveBytes = 2_000_000_000, Files = [new("pixels.bin", 3_000_000_000)] };

        var error = Assert.ThrowsExactly<DownloadException>(() => Get(data, Quick with { FreeBytes = _ => 1_500_000_000 }));

        Assert.AreEqual($"Tiny needs 5.0 GB in '{_folder.Path}', but only 1.5 GB are free. Choose another folder.", error.Message);
        Assert.IsEmpty(server.Ranges);
    }

    [TestMethod]
    public void Get_FetchedByAnotherProcess_IsNotDisturbed()
    {
        using var server = new FileServer(_archive.Bytes);
        using var other = new FileStream(_folder.Combine("tiny.tar.gz.partial"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);

        var error = Assert.ThrowsExactly<DownloadException>(() => Get(server));

        StringAssert.Contains(error.Message, "is in use: is it being fetched by another process?");
        Assert.IsEmpty(server.Ranges);
    }

    [TestMethod]
    public void Options_OutOfRange_AreReportedTogether()
    {
        var options = new DownloadOptions { Attempts = 0, RetryDelay = TimeSpan.FromSeconds(-1), SilenceTimeout = TimeSpan.Zero };
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DataDownloader(options));

        StringAssert.StartsWith(
            error.Message,
            "Attempts is 0; expected 1 to 100. RetryDelay is -00:00:01; expected zero to one minute. SilenceTimeout is 00:00:00; expected more than zero.");
    }

    [TestMethod]
    public void Published_AreWhatTheLoadersRead()
    {
        Assert.AreEqual(6 * 30_730_000L, PublishedData.Cifar10.UnpackedBytes);
        Assert.AreEqual(60_000L * 3074, PublishedData.Cifar100.UnpackedBytes);
        Assert.AreEqual(113_000L * 27648 + 13_000, PublishedData.Stl10.UnpackedBytes);
        Assert.IsTrue(PublishedData.All.All(data => data.Md5.Length == 32 && data.Address.Scheme == "https"));
        Assert.HasCount(3, PublishedData.All.Select(data => data.Md5).Distinct().ToList());
    }

    private string Get(FileServer server, CancellationToken cancellation = default, IProgress<DownloadProgress>? progress = null)
        => Get(_archive.Data with { Address = server.Address }, Quick, cancellation, progress);

    private string Get(
        PublishedData data,
        DownloadOptions options,
        CancellationToken cancellation = default,
        IProgress<DownloadProgress>? progress = null)
        => new DataDownloader(options).GetAsync(data, _folder.Path, progress, cancellation).GetAwaiter().GetResult();
}
