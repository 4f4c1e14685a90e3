using Mono.Cecil;
using Mono.Cecil.Cil;

namespace IGptMl.BuildTools;

/// <summary>Writes reference copies of assemblies in which every type and member is public and every method body is empty.</summary>
/// <remarks>
/// The compiler reads the copy. The runtime loads the original, and honors the IgnoresAccessChecksTo attribute of the compiled assembly.
/// </remarks>
internal static class Publicizer
{
    public static void WriteReferenceCopy(string assemblyPath, string outputFolder)
    {
        // The resolver must find the sibling assemblies: constants of an enum type cannot be written without the enum.
        using var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(Path.GetDirectoryName(Path.GetFullPath(assemblyPath))!);
        using var assembly = AssemblyDefinition.ReadAssembly(assemblyPath, new ReaderParameters
        {
            AssemblyResolver = resolver, ReadingMode = ReadingMode.Immediate,
        });

        foreach (var type in assembly.MainModule.GetTypes())
        {
            Publicize(type);
        }

        Directory.CreateDirectory(outputFolder);
        var target = Path.Combine(outputFolder, Path.GetFileName(assemblyPath));
        var beside = $"{target}.{Environment.ProcessId}";
        assembly.Write(beside);
        File.Move(beside, target, overwrite: true);
    }

    private static void Publicize(TypeDefinition type)
    {
        if (type.IsNested)
        {
            type.IsNestedPublic = true;
        }
        else
        {
            type.IsPublic = true;
        }

        // The backing field of an event has the event's name. If it were public, every use of the event would be ambiguous.
        var events = type.Events.Select(e => e.Name).ToHashSet();
        foreach (var field in type.Fields.Where(f => !events.Contains(f.Name)))
        {
            field.IsPublic = true;
        }

        foreach (var method in type.Methods)
        {
            // An explicit interface implementation stays private, because its name contains a dot.
            if (!method.HasOverrides || !method.IsPrivate)
            {
                method.IsPublic = true;
            }

            if (method.HasBody)
            {
                method.Body = new MethodBody(method);
                var il = method.Body.GetILProcessor();
                il.Emit(OpCodes.Ldnull);
                il.Emit(OpCodes.Throw);
            }
        }
    }
}
