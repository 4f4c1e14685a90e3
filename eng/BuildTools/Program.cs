using IGptMl.BuildTools;

// Writes reference copies of the assemblies in which every type and member is public.
if (args is not [var folder, .. { Length: > 0 } assemblies])
{
    Console.Error.WriteLine("usage: igptml-build OUTPUT-FOLDER ASSEMBLY...");
    return 2;
}

foreach (var assembly in assemblies)
{
    Publicizer.WriteReferenceCopy(assembly, folder);
}

return 0;
