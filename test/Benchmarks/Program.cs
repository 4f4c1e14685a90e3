using System.Globalization;
using IGptMl.Benchmarks;

// Measures the claims of the documentation. Machines differ: use the ratios, and run both sides in one go.
switch (args)
{
    case ["training-step", .. var rest]:
        TrainingStep.Run(rest);
        return 0;

    case ["fine-tuning-step", .. var rest]:
        FineTuningStep.Run(rest);
        return 0;

    case ["time-to-loss", var folder, .. var rest] when rest.Length < 2:
        TimeToLoss.Run(folder, rest.Length == 1 ? double.Parse(rest[0], CultureInfo.InvariantCulture) : 15);
        return 0;

    case ["training-memory"]:
        TrainingMemory.RunSteps();
        return 0;

    case ["recomputation", .. var rest] when rest.Length is 0 or 6:
        return TrainingMemory.RunRecomputation(rest);

    case ["recomputation-part", var way, .. var rest] when rest.Length == 6:
        TrainingMemory.RunRecomputationPart(way, rest);
        return 0;

    case ["sampling", .. var rest]:
        Sampling.Run(rest);
        return 0;

    case ["model-file"]:
        ModelFileMemory.Run();
        return 0;

    case ["model-forms", .. var rest] when rest.Length < 3:
        return ModelForms.Run(rest);

    case ["palette-kmeans", .. var rest] when rest.Length < 3:
        PaletteKMeans.Run(rest.FirstOrDefault(), rest.Length == 2 ? int.Parse(rest[1], CultureInfo.InvariantCulture) : 512);
        return 0;

    case ["images-to-tokens", var folder, var palette]:
        ImagesToTokens.Run(folder, palette);
        return 0;

    case ["data-pass", var cifar, var palette]:
        DataPass.Run(cifar, palette);
        return 0;

    case ["feature-threads"]:
        FeatureThreads.Run();
        return 0;

    case ["web-api", var address, var server, var classifier, var model, var photo, .. var rest] when rest.Length < 2:
        WebApiLoad.Run(
            address,
            int.Parse(server, CultureInfo.InvariantCulture),
            classifier,
            model,
            photo,
            rest.Length == 1 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 2_000);
        return 0;

    case ["features-vs-onnx", var graph, .. var rest] when rest.Length < 2:
        FeaturesBesideOnnx.Run(graph, rest.Length == 1 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 7);
        return 0;

    case ["exported-vs-onnx", var graph, .. var rest] when rest.Length < 2:
        ExportedBesideOnnx.Run(graph, rest.Length == 1 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 7);
        return 0;

    case ["features-small", .. var rest] when rest.Length < 2:
        FeaturesBesideOnnx.RunSmall(rest.Length == 1 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 3);
        return 0;

    case ["probe-all-layers"]:
        ProbeLayers.Run();
        return 0;

    case ["probe-convergence", var model, var folder, .. var rest] when rest.Length < 2:
        ProbeConvergence.Run(model, folder, rest.Length == 1 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 4);
        return 0;

    default:
        Console.Error.WriteLine("""
            usage: dotnet run -c Release --project test/Benchmarks -- COMMAND
              training-step [D LAYERS HEADS SIZE COLORS BATCH]   a pretraining step beside the machine's matrix product and plain TorchSharp
              fine-tuning-step [D LAYERS HEADS SIZE COLORS BATCH] a fine-tuning step, on both losses and on the classes alone, beside a pretraining step
              time-to-loss CIFAR [MINUTES]                      the loss after equal times with Adam and with Muon
              training-memory                                   memory and live tensors of a small model after 100 steps and after 2,000
              recomputation [D LAYERS HEADS SIZE COLORS BATCH]  time and memory of steps that keep all activations beside steps that compute them again
              sampling [D LAYERS HEADS SIZE COLORS]             drawing pictures with a cache, by batch size, beside full passes
              model-file                                        time and memory of saving and loading weights of the size of iGPT-S
              model-forms                                       time and memory of loading weights of that size in each form, side by side
              palette-kmeans [CIFAR [K]]                        k-means on 250,000 pixels beside ML.NET's trainer
              images-to-tokens FOLDER PALETTE                   image files to tokens at 32x32 beside ML.NET's loading, resizing and extracting
              data-pass CIFAR PALETTE                           all 60,000 images of CIFAR-10 to tokens at 32x32: speed, and memory on the way
              features-vs-onnx GRAPH [TURNS]                    features of layer 4 (d 256,
                  1,024 tokens) beside that graph in ONNX Runtime; build with -p:OnnxRuntime=true
              web-api ADDRESS PID CLASSIFIER MODEL PHOTO [N]    N requests to samples/WebApi beside the same models in this process
              features-small [TURNS]                            features of iGPT-S at layer 12 beside layer 24: what is above is not computed
              probe-all-layers                                  the linear probe of all layers in one pass beside each alone, and its convergence
              probe-convergence MODEL CIFAR [LAYER]             the probe's solver on a layer's features beside the minimum, found by Newton's method
              (PALETTE: test/Data/openai-palette/kmeans_centers.npy; CIFAR: a folder with CIFAR-10's binary version, without it the built-in pictures)
            """);
        return 2;
}
