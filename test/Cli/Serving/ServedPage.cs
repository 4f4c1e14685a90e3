using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using IGptMl.Cli.Serving;
using IGptMl.Cli.Sources;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Cli.Serving;

/// <summary>A page that is served in this process, on 127.0.0.1 and a free port.</summary>
internal sealed class ServedPage : IAsyncDisposable
{
    private readonly ImageGptModel _model;
    private readonly ClassifierFile? _classifier;
    private readonly ServedModel _served;

    private ServedPage(ImageGptModel model, ClassifierFile? classifier, ServedModel served, PageServer server)
    {
        (_model, _classifier, _served, Server) = (model, classifier, served, server);
        // Closes a connection at once when an answer is not read to its end, as a browser does.
        Client = new HttpClient(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero }) { BaseAddress = server.Address };
    }

    internal PageServer Server { get; }

    internal HttpClient Client { get; }

    internal ImageGptConfig Config => _model.Config;

    /// <summary>The messages of the server.</summary>
    internal List<string> Messages { get; private init; } = [];

    /// <summary>Serves a tiny model of 8x8 pixels and 64 colors, or one of 32x32 pixels that takes seconds for a completion.</summary>
    internal static async Task<ServedPage> StartAsync(bool slow = false, string? run = null, string? classifier = null, string? model = null)
    {
        var context = new MLContext(1);
        var loaded = model is null ? Create(slow) : ImageGptModel.Load(model);
        var file = classifier is null ? null : ClassifierFile.Load(context, classifier);
        var served = new ServedModel(context, loaded, file);
        var messages = new List<string>();
        var server = await PageServer.StartAsync(served, "a model.zip", run is null ? null : RunFolder.Open(run), new IPEndPoint(IPAddress.Loopback, 0),
            messages.Add);
        return new ServedPage(loaded, file, served, server) { Messages = messages };
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        _served.Dispose();
        _classifier?.Dispose();
        _model.Dispose();
    }

    internal async Task<(HttpStatusCode Status, JsonElement Json)> PostPictureAsync(byte[] content)
    {
        using var body = new ByteArrayContent(content);
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/pictures") { Content = body };
        request.Headers.ExpectContinue = true; // so that a body that is too large is refused before it is sent
        using var response = await Client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Json));
    }

    /// <summary>Sends a request for completions; the answer may still be going on.</summary>
    internal Task<HttpResponseMessage> PostCompletionAsync(object request, CancellationToken cancellation = default)
        => Client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "api/completions") { Content = JsonContent.Create(request, null, Json) },
            HttpCompletionOption.ResponseHeadersRead, cancellation);

    /// <summary>The events of an answer, as they come.</summary>
    internal static async IAsyncEnumerable<(string Name, JsonElement Data)> EventsOf(HttpResponseMessage response)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync() is { } name)
        {
            var data = await reader.ReadLineAsync();
            await reader.ReadLineAsync();
            yield return (name["event: ".Length..], JsonDocument.Parse(data!["data: ".Length..]).RootElement);
        }
    }

    internal static JsonSerializerOptions Json => ServedJson.Options;

    /// <summary>A PNG file with a gradient and a square.</summary>
    internal static byte[] Picture(int side = 64)
    {
        var pixels = new byte[4 * side * side];
        for (var i = 0; i < side * side; i++)
        {
            var (x, y) = (i % side, i / side);
            var isSquare = x > side / 3 && x < 2 * side / 3 && y > side / 3 && y < 2 * side / 3;
            (pixels[4 * i], pixels[(4 * i) + 1], pixels[(4 * i) + 2], pixels[(4 * i) + 3])
                = isSquare ? ((byte)230, (byte)60, (byte)40, (byte)255) : ((byte)(255 * x / side), (byte)(200 * y / side), (byte)160, (byte)255);
        }

        var path = Path.Combine(Path.GetTempPath(), $"igptml-{Path.GetRandomFileName()}.png");
        using var image = MLImage.CreateFromPixels(side, side, MLPixelFormat.Rgba32, pixels);
        image.Save(path);
        var content = File.ReadAllBytes(path);
        File.Delete(path);
        return content;
    }

    private static ImageGptModel Create(bool slow)
    {
        var config = slow
            ? new ImageGptConfig { ImageSize = 32, Colors = 64, EmbeddingSize = 320, Heads = 8, Layers = 24 }
            : new ImageGptConfig { ImageSize = 8, Colors = 64, EmbeddingSize = 16, Heads = 2, Layers = 2 };
        var colors = Enumerable.Range(0, 64).SelectMany(i => (byte[])[(byte)(85 * (i & 3)), (byte)(85 * ((i >> 2) & 3)), (byte)(85 * (i >> 4))]).ToArray();
        return ImageGptModel.CreateUntrained(config, Palette.FromColors(colors));
    }
}
