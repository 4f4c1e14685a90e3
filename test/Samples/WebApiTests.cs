using System.Net;
using System.Text.Json;
using IGptMl.Samples.WebApi;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Samples;

/// <summary>The sample of a web API, over HTTP.</summary>
[TestClass]
public sealed class WebApiTests
{
    [TestMethod]
    public async Task Predict_GivesAllClasses_AndManyAtOnce()
    {
        using var folder = new TemporaryFolder();
        await using var server = await Server.StartAsync(folder);
        var photos = SamplePhotos.Write(folder, "new", 3);
        var requests = Enumerable.Range(0, 40).Select(i => PredictAsync(server, Path.Combine(photos, i % 2 == 0 ? "day" : "night", "0.png")));
        var answers = await Task.WhenAll(requests);
        for (var i = 0; i < answers.Length; i++)
        {
            CollectionAssert.AreEqual(i % 2 == 0 ? new[] { "day", "night" } : ["night", "day"], answers[i]);
        }
    }

    [TestMethod]
    public async Task Complete_GivesOneRowOfPictures_AndTheSameForTheSameSeed()
    {
        using var folder = new TemporaryFolder();
        await using var server = await Server.StartAsync(folder);
        var photo = SamplePhotos.Write(folder, "new", 1) + "/day/0.png";
        using var answer = await server.PostAsync("complete?completions=3&seed=7", photo);
        Assert.AreEqual(HttpStatusCode.OK, answer.StatusCode);
        Assert.AreEqual("image/png", answer.Content.Headers.ContentType!.MediaType);
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        using (var image = MLImage.CreateFromStream(new MemoryStream(bytes)))
        {
            Assert.AreEqual(3 * ((4 * 4) + 4), image.Width - image.Height, "three completions of 4x4 pixels, four times as large, beside what was kept");
        }

        using var again = await server.PostAsync("complete?completions=3&seed=7", photo);
        CollectionAssert.AreEqual(bytes, await again.Content.ReadAsByteArrayAsync());
    }

    [TestMethod]
    public async Task Surprise_IsThatOfTheTransform()
    {
        using var folder = new TemporaryFolder();
        await using var server = await Server.StartAsync(folder);
        var photo = SamplePhotos.Write(folder, "new", 1) + "/night/0.png";
        using var answer = await server.PostAsync("surprise", photo);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());

        var ml = new MLContext();
        using var model = ImageGptModel.Load(server.Model);
        var image = ml.Data.LoadImageFiles([photo]);
        using var transformer = ml.Transforms.QuantizeToPalette("Tokens", "Image", model)
            .Append(ml.Transforms.CalculateImageLikelihood("Nats", "Tokens", model)).Fit(image);
        Assert.AreEqual(transformer.Transform(image).GetColumn<float>("Nats").Single(), json.RootElement.GetProperty("natsPerToken").GetSingle(), 1e-5);
        Assert.IsNotEmpty(json.RootElement.GetProperty("map").GetBytesFromBase64());
    }

    [TestMethod]
    public async Task WrongInput_IsRefusedWithAReason()
    {
        using var folder = new TemporaryFolder();
        await using var server = await Server.StartAsync(folder, "--MaximumBytes", "200000", "--MaximumPixels", "1000000");
        var text = folder.Write("text.png", "This is not a picture."u8.ToArray());
        await AssertRefusedAsync(server, "predict", text, HttpStatusCode.UnsupportedMediaType, "no picture");
        await AssertRefusedAsync(server, "surprise", folder.Write("empty.png", []), HttpStatusCode.UnsupportedMediaType, "no picture");

        var photo = SamplePhotos.Write(folder, "new", 1) + "/day/0.png";
        var half = folder.Write("half.png", File.ReadAllBytes(photo)[..600]);
        await AssertRefusedAsync(server, "predict", half, HttpStatusCode.UnsupportedMediaType, "truncated");
        await AssertRefusedAsync(server, "complete", half, HttpStatusCode.UnsupportedMediaType, "truncated");

        using (var large = MLImage.CreateFromPixels(1200, 1000, MLPixelFormat.Rgba32, new byte[1200 * 1000 * 4]))
        {
            large.Save(folder.Combine("large.png"));
        }

        await AssertRefusedAsync(server, "predict", folder.Combine("large.png"), HttpStatusCode.RequestEntityTooLarge, "1200 x 1000 pixels");
        await AssertRefusedAsync(server, "predict", folder.Write("long.png", new byte[300_000]), HttpStatusCode.RequestEntityTooLarge, string.Empty);
        await AssertRefusedAsync(server, "complete?completions=9", photo, HttpStatusCode.BadRequest, "expected 1 to 8");
        await AssertRefusedAsync(server, "complete?keepRows=99", photo, HttpStatusCode.BadRequest, "KeptRegion");
        await AssertRefusedAsync(server, "complete?temperature=-1", photo, HttpStatusCode.BadRequest, "Temperature");
        await AssertRefusedAsync(server, "complete?temperature=hot", photo, HttpStatusCode.BadRequest, "temperature");
        CollectionAssert.AreEqual((string[])["day", "night"], await PredictAsync(server, photo)); // it still serves
    }

    [TestMethod]
    public async Task TimeLimit_EndsARequest()
    {
        using var folder = new TemporaryFolder();
        await using var server = await Server.StartAsync(folder, "--Seconds", "0.000001");
        var photo = SamplePhotos.Write(folder, "new", 1) + "/day/0.png";
        await AssertRefusedAsync(server, "complete", photo, HttpStatusCode.ServiceUnavailable, "took longer");
    }

    [TestMethod]
    public async Task ReplacedModel_IsServed_AndADamagedOneIsNot()
    {
        using var folder = new TemporaryFolder();
        await using var server = await Server.StartAsync(folder);
        var photo = SamplePhotos.Write(folder, "new", 1) + "/day/0.png";
        CollectionAssert.AreEqual((string[])["day", "night"], await PredictAsync(server, photo));

        // The file is replaced while requests run; none may fail.
        using var stop = new CancellationTokenSource();
        var load = Task.Run(async () =>
        {
            var count = 0;
            for (; !stop.IsCancellationRequested; count++)
            {
                await PredictAsync(server, photo);
            }

            return count;
        });
        File.WriteAllText(server.Classifier, "This is no model.");
        await Task.Delay(TimeSpan.FromSeconds(2.5), CancellationToken.None);
        CollectionAssert.AreEqual((string[])["day", "night"], await PredictAsync(server, photo));
        Server.TrainClassifier(folder, server.Classifier, "bright", "dark");
        var deadline = DateTime.UtcNow.AddSeconds(30);
        while ((await PredictAsync(server, photo))[0] != "bright")
        {
            Assert.IsLessThan(deadline, DateTime.UtcNow, "The new model was not loaded.");
            await Task.Delay(100, CancellationToken.None);
        }

        await stop.CancelAsync();
        Assert.IsGreaterThan(0, await load);
    }

    [TestMethod]
    public async Task HealthAndOpenApi_Answer()
    {
        using var folder = new TemporaryFolder();
        await using var server = await Server.StartAsync(folder);
        Assert.AreEqual("Healthy", await server.Client.GetStringAsync("health"));
        using var document = JsonDocument.Parse(await server.Client.GetStringAsync("openapi/v1.json"));
        var paths = document.RootElement.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToArray();
        CollectionAssert.IsSubsetOf((string[])["/predict", "/complete", "/surprise"], paths);
        File.Delete(server.Classifier);
        Assert.AreEqual("Degraded", await server.Client.GetStringAsync("health"));
    }

    [TestMethod]
    public void WrongModels_AreRefusedAtTheStart()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("no model is given", Assert.ThrowsExactly<ArgumentException>(() => WebApiApplication.Create([])).Message);
        var missing = Assert.ThrowsExactly<ArgumentException>(() => WebApiApplication.Create(["--Model", "nothing.zip"]));
        Assert.Contains("nothing.zip does not exist", missing.Message);
        var masked = folder.Combine("masked.zip");
        using (var model = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette, PretrainingObjective.Masked))
        {
            model.Save(masked);
        }

        Assert.Contains("cannot complete pictures", Assert.ThrowsExactly<InvalidDataException>(() => WebApiApplication.Create(["--Model", masked])).Message);
        Assert.Contains("no saved pipeline", Assert.ThrowsExactly<InvalidDataException>(() => WebApiApplication.Create(["--Classifier", masked])).Message);
    }

    private static async Task<string[]> PredictAsync(Server server, string photo)
    {
        using var answer = await server.PostAsync("predict", photo);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.AreEqual(HttpStatusCode.OK, answer.StatusCode, text);
        using var json = JsonDocument.Parse(text);
        return [.. json.RootElement.GetProperty("classes").EnumerateArray().Select(one => one.GetProperty("name").GetString()!)];
    }

    private static async Task AssertRefusedAsync(Server server, string request, string file, HttpStatusCode status, string reason)
    {
        using var answer = await server.PostAsync(request, file);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.AreEqual(status, answer.StatusCode, text);
        Assert.Contains(reason, text);
    }

    /// <summary>The server with a tiny model and a classifier of two classes, on a free port.</summary>
    private sealed class Server(WebApplication app, string model, string classifier) : IAsyncDisposable
    {
        internal HttpClient Client { get; } = new() { BaseAddress = new Uri(app.Urls.First()) };

        internal string Model => model;

        internal string Classifier => classifier;

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await app.StopAsync();
            await app.DisposeAsync();
        }

        internal static async Task<Server> StartAsync(TemporaryFolder folder, params string[] arguments)
        {
            var (modelFile, classifierFile) = (folder.Combine("model.zip"), folder.Combine("classifier.zip"));
            using (var tiny = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette))
            {
                tiny.Save(modelFile);
            }

            TrainClassifier(folder, classifierFile, "day", "night");
            var app = WebApiApplication.Create(
                ["--Model", modelFile, "--Classifier", classifierFile, "--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default=None", .. arguments]);
            await app.StartAsync();
            return new Server(app, modelFile, classifierFile);
        }

        /// <summary>Trains a classifier of bright and dark pictures.</summary>
        internal static void TrainClassifier(TemporaryFolder folder, string path, string bright, string dark)
        {
            var photos = Path.Combine(SamplePhotos.Write(folder, $"training-{bright}", 8), "..", $"renamed-{bright}");
            Directory.CreateDirectory(photos);
            Directory.Move(folder.Combine($"training-{bright}", "day"), Path.Combine(photos, bright));
            Directory.Move(folder.Combine($"training-{bright}", "night"), Path.Combine(photos, dark));
            var ml = new MLContext(seed: 1);
            using var model = ImageGptModel.Load(folder.Combine("model.zip"));
            var images = ml.Data.LoadImageFolder(photos);
            using var classifier = ml.Transforms.QuantizeToPalette("Tokens", "Image", model)
                .Append(ml.Transforms.ExtractImageGptFeatures("Features", "Tokens", model))
                .AppendCacheCheckpoint(ml)
                .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy())
                .Fit(images);
            ml.Model.Save(classifier, images.Schema, path);
        }

        internal async Task<HttpResponseMessage> PostAsync(string request, string file)
        {
            using var form = new MultipartFormDataContent { { new ByteArrayContent(await File.ReadAllBytesAsync(file)), "file", "picture.png" } };
            return await Client.PostAsync(request, form);
        }
    }
}
