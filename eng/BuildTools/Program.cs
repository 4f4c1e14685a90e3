using IGptMl.BuildTools;

// publicize OUTPUT-FOLDER ASSEMBLY...       writes reference copies of the assemblies in which every type and member is public
// weaken LIBRARY VERSION...                 lets LIBRARY load with a C++ runtime without a symbol version that it names but does not use
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

    default:
        Console.Error.WriteLine("usage: igptml-build publicize OUTPUT-FOLDER ASSEMBLY... | weaken LIBRARY VERSION...");
        return 2;
}
