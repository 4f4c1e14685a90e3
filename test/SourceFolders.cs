using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Text;

namespace IGptMl.Tests;

/// <summary>The source folders of a built assembly's types, and the namespaces that their files import, from the portable PDB next to the assembly.</summary>
internal sealed class SourceFolders : IDisposable
{
    /// <summary>The files of a type without method bodies, such as an enumeration or an interface (Portable PDB format, "Type Definition Documents").</summary>
    private static readonly Guid TypeDefinitionDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    private readonly MetadataReaderProvider _provider;
    private readonly MetadataReader _symbols;
    private readonly string _root;
    private readonly Dictionary<int, HashSet<string>> _documents = [];

    /// <param name="assembly">The path of the assembly.</param>
    /// <param name="root">The folder to which paths are relative: "src" or "test". Their beginning varies, as deterministic builds map it.</param>
    internal SourceFolders(string assembly, string root)
    {
        _provider = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(Path.ChangeExtension(assembly, ".pdb")));
        _symbols = _provider.GetMetadataReader();
        _root = $"/{root}/";
        ReadTypeDocuments();
    }

    public void Dispose() => _provider.Dispose();

    /// <summary>The folder of the type below the root, such as "Transforms/Models"; null for a generated type.</summary>
    /// <param name="type">The metadata token of the type.</param>
    /// <param name="methods">The metadata tokens of its methods and of those of its nested types.</param>
    internal string? Of(int type, IEnumerable<int> methods)
    {
        var folders = _documents.GetValueOrDefault(type, []).Concat(methods.SelectMany(DocumentsOf)).Select(FolderOf).OfType<string>().Distinct().ToArray();
        return folders.Length > 1 ? throw new AssertFailedException($"A type is in several folders: {string.Join(", ", folders)}.") : folders.FirstOrDefault();
    }

    /// <summary>The namespaces that the files of these methods import.</summary>
    internal IEnumerable<string> ImportsOf(IEnumerable<int> methods) => methods
        .SelectMany(method => _symbols.GetLocalScopes(Handle(method)))
        .Select(scope => _symbols.GetLocalScope(scope).ImportScope)
        .Distinct()
        .SelectMany(ImportsOf)
        .Distinct();

    private static MethodDefinitionHandle Handle(int token) => (MethodDefinitionHandle)MetadataTokens.EntityHandle(token);

    private IEnumerable<string> ImportsOf(ImportScopeHandle handle)
    {
        while (!handle.IsNil)
        {
            var scope = _symbols.GetImportScope(handle);
            foreach (var import in scope.GetImports())
            {
                if (import.Kind == ImportDefinitionKind.ImportNamespace)
                {
                    yield return Encoding.UTF8.GetString(_symbols.GetBlobBytes(import.TargetNamespace));
                }
            }

            handle = scope.Parent;
        }
    }

    private IEnumerable<string> DocumentsOf(int method)
    {
        var information = _symbols.GetMethodDebugInformation(Handle(method));
        return information.GetSequencePoints().Select(point => point.Document).Distinct().Select(NameOf);
    }

    private void ReadTypeDocuments()
    {
        foreach (var information in _symbols.CustomDebugInformation.Select(_symbols.GetCustomDebugInformation))
        {
            if (_symbols.GetGuid(information.Kind) != TypeDefinitionDocuments)
            {
                continue;
            }

            var names = _documents[MetadataTokens.GetToken(information.Parent)] = [];
            var rows = _symbols.GetBlobReader(information.Value);
            while (rows.RemainingBytes > 0)
            {
                names.Add(NameOf(MetadataTokens.DocumentHandle(rows.ReadCompressedInteger())));
            }
        }
    }

    private string NameOf(DocumentHandle document) => _symbols.GetString(_symbols.GetDocument(document).Name).Replace('\\', '/');

    /// <summary>The folder of a file below the root, "" for the root itself; null for a generated file, which is elsewhere or below "obj".</summary>
    private string? FolderOf(string path)
    {
        var start = path.LastIndexOf(_root, StringComparison.Ordinal);
        if (start < 0 || path.Contains("/obj/", StringComparison.Ordinal))
        {
            return null;
        }

        var name = path[(start + _root.Length)..];
        return name[..Math.Max(0, name.LastIndexOf('/'))];
    }
}
