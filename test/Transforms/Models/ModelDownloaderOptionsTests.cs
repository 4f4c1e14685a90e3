using IGptMl.Tests.Hub;

namespace IGptMl.Tests.Models;

[TestClass]
public sealed class ModelDownloaderOptionsTests
{
    private static readonly Uri Endpoint = new("http://127.0.0.1:1/mirror/");

    [TestMethod]
    public void Defaults_FollowTheEnvironment()
    {
        using var environment = new HubEnvironment(Endpoint);
        File.WriteAllText(Path.Combine(environment.Home, "token"), "hf_stored\n");

        var options = new ModelDownloaderOptions();

        Assert.AreEqual(Endpoint, options.Endpoint);
        Assert.AreEqual(Path.Combine(environment.Home, "hub"), options.HubCacheFolder);
        Assert.AreEqual("hf_stored", options.Token);
        Assert.IsFalse(options.Offline);

        environment.Set("HF_TOKEN", "hf_given");
        environment.Set("HF_HUB_CACHE", environment.Home);
        environment.Set("HF_HUB_OFFLINE", "yes");
        options = new ModelDownloaderOptions();
        Assert.AreEqual("hf_given", options.Token);
        Assert.AreEqual(environment.Home, options.HubCacheFolder);
        Assert.IsTrue(options.Offline);
    }

    [TestMethod]
    public void Endpoint_ThatIsNoAddress_IsAnOptionOutOfRange()
    {
        using var environment = new HubEnvironment(Endpoint);
        environment.Set("HF_ENDPOINT", "hub");

        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ModelDownloader());

        StringAssert.Contains(error.Message, "Endpoint is hub; expected an address that begins with http:// or https://.");
    }
}
