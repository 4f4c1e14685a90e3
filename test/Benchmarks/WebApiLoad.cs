using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Benchmarks;

/// <summary>
/// Requests to the sample of a web API, four at a time, beside one process that calls the same models without a server, one after the other: requests a
/// second, and the memory of both processes.
/// </summary>
/// <remarks>The server and this process run on the same cores. Classify is a prediction of samples/PhotoClassifier, complete is one completion.</remarks>
internal static class WebApiLoad
{
    private const int AtOnce = 4, WarmUp = 20;

    internal static void Run(string address, int server, string classifier, string model, string photo, int requests)
    {
        var bytes = File.ReadAllBytes(photo);
        using var client = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(2) };
        foreach (var request in (string[])["predict", "complete?completions=1&seed=1"])
        {
            Send(client, request, bytes, WarmUp);
            var before = MemoryOf(server);
            var rate = requests / Timed(() => Send(client, request, bytes, requests));
            Console.WriteLine(
                $"server, {request}: {requests:N0} requests, {rate:F1} a second, {before:F0} MB resident before and {MemoryOf(server):F0} MB after");
        }

        var ml = new MLContext();
        using var engine = ml.Model.CreatePredictionEngine<Upload, Scores>(ml.Model.Load(classifier, out _));
        Report("engine, predict", requests, () => engine.Predict(new Upload { ImageSource = bytes }));

        using var gpt = ImageGptModel.Load(model);
        var image = ml.Transforms.DecodeImages("Image", nameof(Upload.ImageSource)).Fit(ml.Data.LoadFromEnumerable<Upload>([]));
        var chain = image.Append(ml.Transforms.CompleteImages(gpt, new() { Seed = 1 }).Fit(image.Transform(ml.Data.LoadFromEnumerable<Upload>([]))));
        using var completing = ml.Model.CreatePredictionEngine<Upload, Completed>(chain);
        Report("engine, complete", requests, () => completing.Predict(new Upload { ImageSource = bytes }));
    }

    private static void Report(string what, int requests, Action predict)
    {
        for (var i = 0; i < WarmUp; i++)
        {
            predict();
        }

        var rate = requests / Timed(() =>
        {
            for (var i = 0; i < requests; i++)
            {
                predict();
            }
        });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {rate:F1} a second, {MemoryOf(Environment.ProcessId):F0} MB resident"));
    }

    private static void Send(HttpClient client, string request, byte[] photo, int count)
        => Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (_, end) =>
        {
            using var form = new MultipartFormDataContent { { new ByteArrayContent(photo), "file", "photo" } };
            using var answer = await client.PostAsync(new Uri(request, UriKind.Relative), form, end);
            answer.EnsureSuccessStatusCode();
            await answer.Content.ReadAsByteArrayAsync(end);
        }).GetAwaiter().GetResult();

    private static double Timed(Action work)
    {
        var clock = Stopwatch.StartNew();
        work();
        return clock.Elapsed.TotalSeconds;
    }

    private static double MemoryOf(int process)
    {
        using var found = Process.GetProcessById(process);
        return found.WorkingSet64 / 1e6;
    }

    private sealed class Upload
    {
        public string Label { get; set; } = string.Empty;

        public byte[] ImageSource { get; set; } = [];
    }

    private sealed class Scores
    {
        public float[] Score { get; set; } = [];
    }

    private sealed class Completed
    {
        [ColumnName("Completed")]
        [Microsoft.ML.Transforms.Image.ImageType(16, 16)]
        public MLImage? Image { get; set; }
    }
}
