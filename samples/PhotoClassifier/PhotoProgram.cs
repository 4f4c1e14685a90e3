namespace IGptMl.Samples.PhotoClassifier;

/// <summary>The commands of the sample. An application needs only PhotoModel.consumption.cs and the zip to predict.</summary>
public static class PhotoProgram
{
    private const string Usage = """
        usage: dotnet run -c Release --project samples/PhotoClassifier -- COMMAND
          train PHOTOS ZIP [MODEL]     learn the classes of a folder; MODEL: pretrained weights (a Hugging Face folder,
                                       a TensorFlow prefix, a zip) instead of pretraining a small model
          retrain CONFIG ZIP [MODEL]   the same with the settings of an .mbconfig file
          evaluate ZIP PHOTOS          accuracy and confusion matrix on other photographs of these classes
          predict ZIP FILE...          the likeliest classes of image files
        """;

    /// <summary>Runs a command.</summary>
    /// <returns>The exit code: 0, or 1 after an error, or 2 if the command is not one.</returns>
    public static int Run(string[] args)
    {
        try
        {
            return RunCommand(args);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ArgumentException or InvalidOperationException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"error: {e.Message}");
            return 1;
        }
    }

    private static int RunCommand(string[] args)
    {
        switch (args)
        {
            case ["train", var photos, var zip, .. { Length: <= 1 } rest]:
                return Train(new PhotoModel.Settings(photos), zip, rest);

            case ["retrain", var config, var zip, .. { Length: <= 1 } rest]:
                return Train(PhotoModel.ReadSettings(config), zip, rest);

            case ["evaluate", var zip, var photos]:
                PhotoModel.MLNetModelPath = zip;
                Console.WriteLine(PhotoModel.Describe(PhotoModel.Evaluate(photos)));
                return 0;

            case ["predict", var zip, .. { Length: > 0 } files]:
                PhotoModel.MLNetModelPath = zip;
                PhotoModel.Reload();
                return files.Count(file => !Predict(file)) == 0 ? 0 : 1;

            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }

    private static int Train(PhotoModel.Settings settings, string zip, string[] released)
    {
        using var model = released is [var path] ? ImageGptModel.Load(path) : null;
        var metrics = PhotoModel.Train(zip, settings, model);
        Console.WriteLine(metrics is null ? "No photographs were held out, so the accuracy is unknown." : PhotoModel.Describe(metrics));
        Console.WriteLine($"Saved {zip}");
        return 0;
    }

    private static bool Predict(string file)
    {
        try
        {
            var best = PhotoModel.PredictAllLabels(new() { ImageSource = File.ReadAllBytes(file) }).Take(3);
            Console.WriteLine($"{file}: {string.Join(", ", best.Select(pair => $"{pair.Key} {pair.Value:P0}"))}");
            return true;
        }
        catch (Exception e) when (File.Exists(PhotoModel.MLNetModelPath) && e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"error: {file}: {e.Message}");
            return false;
        }
    }
}
