using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using IGptMl.Tests.Data;
using IGptMl.Tests.Images;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Cli.Serving;

[TestClass]
public sealed class PageServerTests
{
    [TestMethod]
    public async Task Picture_IsSeenAsTheTransformsSeeIt()
    {
        await using var page = await ServedPage.StartAsync(model: TinyModel.ZipPath);
        var content = ServedPage.Picture();
        var (status, json) = await page.PostPictureAsync(content);
        Assert.AreEqual(HttpStatusCode.OK, status);

        var ml = new MLContext(1);
        using var folder = new TemporaryFolder();
        var view = ml.Data.LoadImageFiles([folder.Write("a.png", content)]);
        using var model = ImageGptModel.Load(TinyModel.ZipPath);
        var tokens = ml.Transforms.QuantizeToPalette("Tokens", "Image", model).Fit(view).Transform(view);
        using var likelihood = ml.Transforms.CalculateImageLikelihood("NatsPerToken", "Tokens", model).Fit(tokens);
        var row = ml.Data.CreateEnumerable<Seen>(likelihood.Transform(tokens), reuseRowObject: false).Single();
        var tokensOfPage = json.GetProperty("tokens").EnumerateArray().Select(e => e.GetInt32()).ToArray();
        CollectionAssert.AreEqual(row.Tokens.Select(key => key - 1).ToArray(), tokensOfPage);
        Assert.AreEqual(row.NatsPerToken, json.GetProperty("natsPerToken").GetDouble(), 1e-5);
        Assert.AreEqual(row.NatsPerToken, json.GetProperty("nats").EnumerateArray().Average(e => e.GetDouble()), 1e-3);
        Assert.HasCount(3 * row.Tokens.Length, Convert.FromBase64String(json.GetProperty("surprise").GetString()!));
        Assert.AreEqual(JsonValueKind.Null, json.GetProperty("classes").ValueKind);
    }

    [TestMethod]
    public async Task Completions_AreThoseOfTheTransform()
    {
        await using var page = await ServedPage.StartAsync(model: TinyModel.ZipPath);
        var (_, json) = await page.PostPictureAsync(ServedPage.Picture());
        var tokens = json.GetProperty("tokens").EnumerateArray().Select(e => e.GetInt32()).ToArray();
        var request = new { tokens, keep = new[] { 0, 0, 4, 2 }, completions = 3, temperature = 0.9, topK = 5, seed = 7 };
        using var response = await page.PostCompletionAsync(request);
        Assert.AreEqual("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        var drawn = Enumerable.Range(0, 3).Select(_ => tokens.ToArray()).ToArray();
        var names = new List<string>();
        var count = 0;
        await foreach (var (name, data) in ServedPage.EventsOf(response))
        {
            names.Add(name);
            foreach (var token in (name == "tokens" ? data.EnumerateArray().Select(e => e.GetInt32()) : []).Chunk(3))
            {
                drawn[token[0]][token[1]] = token[2];
                count++;
            }
        }

        Assert.AreEqual("started", names[0]);
        Assert.AreEqual("done", names[^1]);
        Assert.AreEqual(3 * 8, count);

        var ml = new MLContext(1);
        using var folder = new TemporaryFolder();
        var view = ml.Data.LoadImageFiles([folder.Write("a.png", ServedPage.Picture())]);
        using var model = ImageGptModel.Load(TinyModel.ZipPath);
        using var transformer = ml.Transforms.CompleteImages("Completed", "Image", model, new()
            { KeptRegion = KeptRegion.Rectangle(0, 0, 4, 2), Completions = 3, Temperature = 0.9, TopK = 5, Seed = 7 }).Fit(view);
        var completed = transformer.Transform(view);
        for (var i = 0; i < 3; i++)
        {
            using var image = completed.GetColumn<MLImage>($"Completed{i + 1}").Single();
            var pixels = image.Pixels.ToArray();
            for (var p = 0; p < tokens.Length; p++)
            {
                var (r, g, b) = model.Palette!.GetColor(drawn[i][p]);
                CollectionAssert.AreEqual((byte[])[r, g, b], pixels[(4 * p)..((4 * p) + 3)], $"completion {i}, pixel {p}");
            }
        }
    }

    [TestMethod]
    public async Task Classifier_RanksItsClasses()
    {
        using var folder = new TemporaryFolder();
        var classifier = folder.Combine("c.zip");
        var probe = CommandLine.Run("probe", "--model", TinyModel.ZipPath, "--data", "shapes:48", "--test", "shapes:24", "--out", classifier);
        Assert.AreEqual(0, probe.Code, probe.Error);
        await using var page = await ServedPage.StartAsync(model: TinyModel.ZipPath, classifier: classifier);
        var (_, json) = await page.PostPictureAsync(ServedPage.Picture());
        var classes = json.GetProperty("classes").EnumerateArray().Select(c => (c.GetProperty("name").GetString()!, c.GetProperty("probability").GetDouble()))
            .ToArray();
        Assert.AreEqual(1, classes.Sum(c => c.Item2), 1e-4);
        CollectionAssert.AreEqual(classes.OrderByDescending(c => c.Item2).ToArray(), classes);
        var predicted = CommandLine.Run("predict", "--classifier", classifier, folder.Write("a.png", ServedPage.Picture()), "--json").Json();
        Assert.AreEqual(predicted.GetProperty("predictions")[0].GetProperty("predicted_class").GetString(), classes[0].Item1);
    }

    [TestMethod]
    [DataRow("text", 400, "The file cannot be read as an image: it is not an image in a supported format")]
    [DataRow("empty", 400, "The file is empty")]
    [DataRow("truncated", 400, "it is truncated")]
    [DataRow("hundred megapixels", 400, "it has 10000 x 10000 pixels; expected at most 50,000,000 pixels")]
    [DataRow("large", 413, "The file has more than 20 MiB")]
    public async Task BadPicture_IsRefused(string kind, int status, string part)
    {
        await using var page = await ServedPage.StartAsync();
        byte[] content = kind switch
        {
            "text" => Encoding.UTF8.GetBytes("Dear reader, this is a letter and not a picture."),
            "empty" => [],
            "truncated" => ServedPage.Picture()[..^40],
            "large" => new byte[(20 << 20) + 1],
            _ => PictureBytes.Png(10_000, 10_000, 8, 0, new byte[100]),
        };
        var (code, json) = await page.PostPictureAsync(content);
        Assert.AreEqual(status, (int)code);
        StringAssert.Contains(json.GetProperty("error").GetString(), part);
        Assert.AreEqual(HttpStatusCode.OK, (await page.PostPictureAsync(ServedPage.Picture())).Status); // the next one is answered
    }

    [TestMethod]
    public async Task Gif_IsReadByItsFirstFrame()
    {
        await using var page = await ServedPage.StartAsync();
        var (status, _) = await page.PostPictureAsync(Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"));
        Assert.AreEqual(HttpStatusCode.OK, status);
    }

    [TestMethod]
    [DataRow("""{"tokens":[1,2],"keep":null,"completions":1,"temperature":1,"topK":null,"seed":1}""", "expected 64 tokens from 0 to 63")]
    [DataRow("""{"tokens":TOKENS,"keep":null,"completions":9,"temperature":1,"topK":null,"seed":1}""", "The number of completions is 9; expected 1 to 8.")]
    [DataRow("""{"tokens":TOKENS,"keep":[0,0,9,1],"completions":1,"temperature":1,"topK":null,"seed":1}""", "inside the model's images of 8x8 pixels")]
    [DataRow("""{"tokens":TOKENS,"keep":[0,0,1],"completions":1,"temperature":1,"topK":null,"seed":1}""", "left, top, width, height")]
    [DataRow("""{"tokens":TOKENS,"keep":[-1,0,1,1],"completions":1,"temperature":1,"topK":null,"seed":1}""", "left")]
    [DataRow("""{"tokens":TOKENS,"keep":null,"completions":1,"temperature":-1,"topK":65,"seed":1}""", "Temperature")]
    [DataRow("""{"tokens":TOKENS,"keep":null,"completions":1,"temperature":1,"topK":null,"seed":1,"path":"/etc/passwd"}""", "not understood")]
    [DataRow("nonsense", "not understood")]
    public async Task BadCompletion_IsRefused(string body, string part)
    {
        await using var page = await ServedPage.StartAsync();
        using var content = new StringContent(body.Replace("TOKENS", $"[{string.Join(',', new int[64])}]", StringComparison.Ordinal));
        using var response = await page.Client.PostAsync("api/completions", content);
        Assert.AreEqual(HttpStatusCode.BadRequest, response.StatusCode);
        StringAssert.Contains(await response.Content.ReadAsStringAsync(), part);
    }

    [TestMethod]
    [DataRow("GET", "/api/model", "evil.example", null, null, 403)] // DNS rebinding
    [DataRow("GET", "/", "192.0.2.1", null, null, 403)]
    [DataRow("GET", "/api/model", "localhost", null, null, 200)]
    [DataRow("GET", "/api/model", "[::1]", null, null, 200)]
    [DataRow("POST", "/api/completions", "127.0.0.1", "http://evil.example", null, 403)]
    [DataRow("POST", "/api/pictures", "127.0.0.1", "null", null, 403)]
    [DataRow("GET", "/api/model", "127.0.0.1", null, "cross-site", 403)]
    [DataRow("GET", "/api/model", "127.0.0.1", null, "same-origin", 200)]
    [DataRow("GET", "/../../etc/passwd", "127.0.0.1", null, null, 404)]
    [DataRow("GET", "/page.js/../index.html", "127.0.0.1", null, null, 404)]
    [DataRow("DELETE", "/", "127.0.0.1", null, null, 404)]
    [DataRow("GET", "/api/run", "127.0.0.1", null, null, 404)]
    public async Task Request_FromElsewhereOrForAnotherThing_IsRefused(string method, string path, string host, string? origin, string? site, int status)
    {
        await using var page = await ServedPage.StartAsync();
        Assert.AreEqual(status, await AskAsync(page.Server.Address, $"{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
            + (origin is null ? string.Empty : $"Origin: {origin}\r\n") + (site is null ? string.Empty : $"Sec-Fetch-Site: {site}\r\n")));
    }

    [TestMethod]
    public async Task Tab_ClosedInTheMiddle_StopsTheWork()
    {
        await using var page = await ServedPage.StartAsync(slow: true);
        using (var response = await page.PostCompletionAsync(Slow(page, completions: 8)))
        {
            var sampled = 0;
            await foreach (var (name, data) in ServedPage.EventsOf(response))
            {
                sampled += name == "tokens" ? data.GetArrayLength() / 3 : 0;
                Assert.AreNotEqual("done", name);
                if (sampled > 100)
                {
                    Assert.IsTrue(page.Server.Queue.IsBusy);
                    break;
                }
            }

            Assert.IsLessThan(8 * 1024 / 4, sampled, "Most of the work must be left, or the test shows nothing.");
        }

        var clock = Stopwatch.StartNew();
        while (page.Server.Queue.IsBusy && clock.Elapsed < TimeSpan.FromSeconds(60))
        {
            await Task.Delay(10);
        }

        Assert.IsLessThan(1.0, clock.Elapsed.TotalSeconds);
        Assert.IsEmpty(page.Messages);
    }

    [TestMethod]
    public async Task TooManyRequests_AreRefused_AndOneThatWaitedIsAnswered()
    {
        await using var page = await ServedPage.StartAsync(slow: true);
        using var stop = new CancellationTokenSource();
        var first = await page.PostCompletionAsync(Slow(page, completions: 8));
        var waiting = new List<HttpResponseMessage>();
        for (var i = 0; i < 8; i++)
        {
            waiting.Add(await page.PostCompletionAsync(new { tokens = new int[1024], keep = new[] { 0, 0, 32, 31 }, completions = 1, temperature = 1, topK = 1,
                seed = 1 }));
        }

        using var refused = await page.PostCompletionAsync(Slow(page, completions: 1));
        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        StringAssert.Contains(await refused.Content.ReadAsStringAsync(), "8 requests wait already");
        first.Dispose();
        var names = new List<string>();
        await foreach (var (name, _) in ServedPage.EventsOf(waiting[0]))
        {
            names.Add(name);
        }

        CollectionAssert.IsSubsetOf(new[] { "queued", "started", "tokens", "done" }, names);
        waiting.ForEach(response => response.Dispose());
    }

    [TestMethod]
    public async Task Run_IsReadLive_UntilItsFolderIsGone()
    {
        using var folder = new TemporaryFolder();
        var run = folder.Combine("run");
        Directory.CreateDirectory(run);
        await File.WriteAllTextAsync(Path.Combine(run, "metrics.jsonl"), string.Empty);
        await using var page = await ServedPage.StartAsync(run: run);
        Assert.AreEqual("waiting", (await GetRunAsync()).GetProperty("state").GetString());

        await File.AppendAllTextAsync(Path.Combine(run, "metrics.jsonl"), """
            {"step":1,"loss":4.5,"learning_rate":0.1,"images_per_second":10.5,"steps":3,"seconds_left":9.5}
            {"step":2,"loss":4.25,"images_per_second":11.5,"validation_loss":4.5,"steps":3,"seconds_left":4.5}
            {"step":3,"lo
            """);
        await File.WriteAllBytesAsync(Path.Combine(run, "samples-000000002.png"), ServedPage.Picture());
        var facts = await GetRunAsync();
        Assert.AreEqual("running", facts.GetProperty("state").GetString());
        Assert.AreEqual((2, 3, 4.25, 11.5, 4.5), (facts.GetProperty("step").GetInt32(), facts.GetProperty("steps").GetInt32(),
            facts.GetProperty("loss").GetDouble(), facts.GetProperty("imagesPerSecond").GetDouble(), facts.GetProperty("secondsLeft").GetDouble()));
        Assert.AreEqual("[[1,4.5],[2,4.25]]", facts.GetProperty("curve").GetRawText());
        Assert.AreEqual("[[2,4.5]]", facts.GetProperty("validation").GetRawText());
        Assert.AreEqual("[2]", facts.GetProperty("sheets").GetRawText());
        CollectionAssert.AreEqual(ServedPage.Picture(), await page.Client.GetByteArrayAsync("api/run/sheet?step=2"));
        foreach (var step in (string[])["3", "-2", "2/../x", string.Empty, "99999999999999999999"])
        {
            using var none = await page.Client.GetAsync($"api/run/sheet?step={step}");
            Assert.AreEqual(HttpStatusCode.NotFound, none.StatusCode, step);
        }

        await File.AppendAllTextAsync(Path.Combine(run, "metrics.jsonl"), "ss\":4}\n{\"step\":3,\"loss\":4,\"steps\":3}\n");
        Assert.AreEqual("finished", (await GetRunAsync()).GetProperty("state").GetString());
        Directory.Delete(run, recursive: true);
        Assert.AreEqual("gone", (await GetRunAsync()).GetProperty("state").GetString());

        async Task<JsonElement> GetRunAsync() => JsonDocument.Parse(await page.Client.GetStringAsync("api/run")).RootElement;
    }

    private static object Slow(ServedPage page, int completions)
        => new { tokens = new int[page.Config.ContextLength], keep = (int[]?)null, completions, temperature = 1, topK = (int?)null, seed = 1 };

    /// <summary>Sends a request as it is, which HttpClient would correct.</summary>
    private static async Task<int> AskAsync(Uri address, string head)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{head}\r\n"));
        using var reader = new StreamReader(stream);
        return int.Parse((await reader.ReadLineAsync())!.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private sealed class Seen
    {
        public ushort[] Tokens { get; set; } = [];

        public float NatsPerToken { get; set; }
    }
}
