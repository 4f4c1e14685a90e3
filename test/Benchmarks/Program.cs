using IGptMl.Benchmarks;

// Measures what the documents claim. Machines differ: take the ratios, and run both sides in one go.
switch (args)
{
    case ["training-step", .. var rest]:
        TrainingStep.Run(rest);
        return 0;

    case ["model-file"]:
        ModelFileMemory.Run();
        return 0;

    default:
        Console.Error.WriteLine("""
            usage: dotnet run -c Release --project test/Benchmarks -- COMMAND
              training-step [D LAYERS HEADS SIZE COLORS BATCH]   a pretraining step beside the machine's matrix product
              model-file                                        time and memory of saving and loading weights of the size of iGPT-S
            """);
        return 2;
}
