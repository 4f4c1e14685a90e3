using IGptMl.BuildTools;

// publicize OUTPUT-FOLDER ASSEMBLY...       reference copies of the assemblies with every type and member public
// weaken LIBRARY VERSION...                 lets LIBRARY load where the C++ runtime lacks a symbol version that it names but does not use
// pages OUTPUT-FOLDER NAMESPACE VALUES PAGE...  C# files of the code in Markdown pages; VALUES, such as Steps=2,Epochs=1, shorten what would take long
switch (args)
{
    case ["publicize", var folder, .. { Length: > 0 } assemblies]:
        foreach (var assembly in assemblies)
        {
            Publicizer.WriteReferenceCopy(assembly, folder);
        }

        return 0;

    case ["weaken", var library, .. { Length: > 0 } versions]:
        foreach (var version in versions)
        {
            if (!CxxRuntime.Provides(version))
            {
                SymbolVersions.MakeWeak(library, version);
            }
        }

        return 0;

    case ["pages", var folder, var ns, var values, .. { Length: > 0 } pages]:
        foreach (var page in pages)
        {
            PageCode.Write(page, folder, ns, values.Split(',', StringSplitOptions.RemoveEmptyEntries));
        }

        return 0;

    default:
        Console.Error.WriteLine("usage: igptml-build publicize OUTPUT-FOLDER ASSEMBLY... | weaken LIBRARY VERSION... | pages OUTPUT-FOLDER NAMESPACE VALUES PAGE...");
        return 2;
}
