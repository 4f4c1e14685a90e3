using IGptMl.Benchmarks;

// Measures the parts that test/Benchmarks measures as a whole. Machines differ: use the ratios, and run both sides in one go.
switch (args)
{
    case ["network-parts", .. var rest]:
        NetworkParts.Run(rest);
        return 0;

    case ["products", .. var rest]:
        Products.Run(rest);
        return 0;

    case ["decoders", .. var rest]:
        Decoders.Run(rest);
        return 0;

    case ["palette-assignment", var palette, .. var rest] when rest.Length < 2:
        PaletteAssignment.Run(palette, rest.FirstOrDefault());
        return 0;

    default:
        Console.Error.WriteLine("""
            usage: dotnet run -c Release --project test/KernelBenchmarks -- COMMAND
              network-parts [D HEADS SIZE BATCH]     linear layers and a block, each way that the network could take
              products [D]                           the rate of the kernels' matrix products at the sizes of a block
              decoders [D LAYERS HEADS SIZE COLORS]  drawing pictures by kernels beside the modules of libtorch, by batch size
              palette-assignment PALETTE [CIFAR]     the nearest of the palette's colors beside the plain double loop
              (PALETTE: test/Data/openai-palette/kmeans_centers.npy; CIFAR: a folder with CIFAR-10's binary version, without it the built-in pictures)
            """);
        return 2;
}
