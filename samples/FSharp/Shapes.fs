/// Pretraining and a classifier on the built-in pictures, in F#.
module IGptMl.Samples.FSharp.Shapes

open IGptMl
open Microsoft.ML
open Microsoft.ML.Data

/// Pretrains a small model for so many steps, fits a linear classifier to features of its fifth layer, and saves the pipeline.
/// Returns nats per token and the accuracy on pictures that were not used.
let run (steps: int64) (zip: string) =
    let ml = MLContext(seed = 1)
    let images = ml.Data.LoadShapes(count = 600)
    let test = ml.Data.LoadShapes(count = 240, seed = 2)

    // C# writes ml.ImageGeneration. F# does not see extension properties of C# 14, so there is a method, too.
    let generation = ml.GetImageGeneration()

    let config = ImageGptConfig(ImageSize = 12, Colors = 64, EmbeddingSize = 64, Layers = 6, Heads = 2)
    let quantizer = ml.Transforms.QuantizeToPalette("Tokens", "Image", config.ImageSize, config.Colors).Fit(images)
    let options = ImageGptTrainer.Options(Model = config, Steps = steps, BatchSize = 8, LearningRate = 0.004)
    use gpt = generation.Trainers.ImageGpt("Tokens", options).Fit(quantizer.Transform images)
    let nats = generation.Evaluate(gpt.Transform(quantizer.Transform test)).NatsPerToken

    // EstimatorChain starts a chain whose parts have different types, which F# does not convert by itself.
    let pipeline =
        EstimatorChain<ITransformer>()
            .Append(ml.Transforms.QuantizeToPalette("Tokens", "Image", gpt.Model))
            .Append(ml.Transforms.ExtractImageGptFeatures("Features", "Tokens", gpt.Model, 5))
            .AppendCacheCheckpoint(ml)
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy())
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedClass", "PredictedLabel"))

    use classifier = pipeline.Fit images
    let metrics = ml.MulticlassClassification.Evaluate(classifier.Transform test)
    ml.Model.Save(classifier, images.Schema, zip)
    nats, metrics.MicroAccuracy
