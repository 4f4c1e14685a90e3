using IGptMl;
using IGptMl.Samples.PhotoClassifier;

// A folder of photographs has one subfolder per class. An application needs only the zip to predict.
switch (args)
{
    case ["train", var photos, var zip]:
        PhotoModel.Train(photos, zip);
        return 0;

    case ["train", var photos, var zip, var released]:
        using (var model = ImageGptModel.Load(released))
        {
            PhotoModel.Train(photos, zip, model);
        }

        return 0;

    case ["evaluate", var zip, var photos]:
        Console.WriteLine(PhotoModel.Describe(PhotoModel.Evaluate(zip, photos)));
        return 0;

    case ["predict", var zip, .. { Length: > 0 } files]:
        using (var engine = PhotoModel.CreatePredictEngine(zip))
        {
            foreach (var file in files)
            {
                var best = PhotoModel.PredictAllLabels(engine, new() { ImageSource = File.ReadAllBytes(file) }).Take(3);
                Console.WriteLine($"{file}: {string.Join(", ", best.Select(pair => $"{pair.Key} {pair.Value:P0}"))}");
            }
        }

        return 0;

    default:
        Console.Error.WriteLine("""
            usage: dotnet run -c Release --project samples/PhotoClassifier -- COMMAND
              train PHOTOS ZIP [MODEL]     learn the classes of a folder; MODEL: pretrained weights (a Hugging Face folder,
                                           a TensorFlow prefix, a zip) instead of pretraining a small model
              evaluate ZIP PHOTOS          accuracy and confusion matrix on other photographs of these classes
              predict ZIP FILE...          the likeliest classes of image files
            """);
        return 2;
}
