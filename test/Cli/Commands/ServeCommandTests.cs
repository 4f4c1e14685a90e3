using System.Net;
using System.Net.Sockets;
using IGptMl.Tests.Data;

namespace IGptMl.Tests.Cli.Commands;

[TestClass]
public sealed class ServeCommandTests
{
    [TestMethod]
    public async Task Serve_PrintsTheAddressOfAPage_AndEndsWithTheToken()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var run = Task.Run(() => IGptMl.Cli.IgptApp.RunAsync(["serve", "--model", TinyModel.ZipPath, "--port", "0", "--json"], output, error, stop.Token));
        while (!error.ToString().Contains("Ctrl-C", StringComparison.Ordinal) && !run.IsCompleted)
        {
            await Task.Delay(10);
        }

        var address = System.Text.Json.JsonDocument.Parse(output.ToString()).RootElement.GetProperty("address").GetString()!;
        StringAssert.StartsWith(address, "http://127.0.0.1:");
        using (var client = new HttpClient())
        {
            StringAssert.Contains(await client.GetStringAsync(address), "<title>igpt</title>");
        }

        await stop.CancelAsync();
        Assert.AreEqual(0, await run, error.ToString());
        Assert.AreEqual(string.Empty, string.Join('\n', error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)));
    }

    [TestMethod]
    public void Serve_WhatCannotBeServed_EndsWithOneLine()
    {
        using var folder = new TemporaryFolder();
        CommandLine.Run("serve", "--model", TinyModel.MaskedZipPath).AssertFails(2, "masked (BERT) one, which cannot complete pictures");
        CommandLine.Run("serve", "--model", TinyModel.ZipPath, "--run", folder.Path).AssertFails(2, "has neither metrics.jsonl nor checkpoints");
        CommandLine.Run("serve", "--model", TinyModel.ZipPath, "--run", folder.Combine("no")).AssertFails(2, "which is no folder");
        CommandLine.Run("serve", "--model", TinyModel.ZipPath, "--address", "localhost").AssertFails(2, "expected an IP address");
        CommandLine.Run("serve", "--model", TinyModel.ZipPath, "--port", "65536").AssertFails(2, "0 to 65535");
        CommandLine.Run("serve", "--model", TinyModel.ZipPath, "--classifier", TinyModel.ZipPath).AssertFails(1, "a pretrained model, not a classifier");

        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = $"{((IPEndPoint)listener.LocalEndpoint).Port}";
        CommandLine.Run("serve", "--model", TinyModel.ZipPath, "--port", port).AssertFails(1, $"Port {port} of 127.0.0.1 is in use. Use another --port");
    }

    [TestMethod]
    public void Serve_ClassifierOfAnotherSize_NamesBothSizes()
    {
        using var folder = new TemporaryFolder();
        var (model, classifier) = (folder.Combine("other.zip"), folder.Combine("classifier.zip"));
        string[] sizes = ["--image-size", "5", "--colors", "9", "--embedding-size", "8", "--layers", "1", "--heads", "2", "--batch-size", "4"];
        Assert.AreEqual(0, CommandLine.Run(["pretrain", "--data", "shapes:60", "--steps", "2", "--out", model, .. sizes]).Code);
        Assert.AreEqual(0, CommandLine.Run("probe", "--model", model, "--data", "shapes:48", "--test", "shapes:24", "--out", classifier).Code);
        CommandLine.Run("serve", "--model", TinyModel.ZipPath, "--classifier", classifier)
            .AssertFails(2, "sees pictures of 5x5 pixels in 9 colors, the model those of 4x4 pixels in 8 colors");
    }
}
