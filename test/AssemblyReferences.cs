using Mono.Cecil;
using Mono.Cecil.Cil;

namespace IGptMl.Tests;

/// <summary>What the types of a built assembly refer to: types and members in signatures, bodies, bases and attributes.</summary>
internal sealed class AssemblyReferences : IDisposable
{
    private readonly DefaultAssemblyResolver _resolver = new();
    private readonly AssemblyDefinition _assembly;

    internal AssemblyReferences(string name)
    {
        _resolver.AddSearchDirectory(AppContext.BaseDirectory);
        _resolver.AddSearchDirectory(Path.GetDirectoryName(typeof(object).Assembly.Location)!);
        _assembly = AssemblyDefinition.ReadAssembly(Path.Combine(AppContext.BaseDirectory, $"{name}.dll"), new ReaderParameters { AssemblyResolver = _resolver });
    }

    /// <summary>The assemblies that it refers to.</summary>
    internal IEnumerable<string> Assemblies => _assembly.MainModule.AssemblyReferences.Select(reference => reference.Name);

    /// <summary>Every reference of every type, a closure's counted as its outermost type's.</summary>
    internal IReadOnlyList<Reference> All => [.. _assembly.MainModule.Types.SelectMany(outer => Nested(outer).SelectMany(Of).Select(member => Describe(outer, member))).Distinct()];

    public void Dispose()
    {
        _assembly.Dispose();
        _resolver.Dispose();
    }

    private static IEnumerable<TypeDefinition> Nested(TypeDefinition type) => [type, .. type.NestedTypes.SelectMany(Nested)];

    private static IEnumerable<MemberReference> Of(TypeDefinition type)
    {
        IEnumerable<MemberReference> direct =
        [
            .. Parts(type.BaseType),
            .. type.Interfaces.SelectMany(i => Parts(i.InterfaceType)),
            .. type.Fields.SelectMany(field => Parts(field.FieldType)),
            .. Attributes(type),
            .. type.Fields.SelectMany(Attributes),
            .. type.Properties.SelectMany(Attributes),
        ];
        return direct.Concat(type.Methods.SelectMany(Of));
    }

    private static IEnumerable<MemberReference> Of(MethodDefinition method)
    {
        IEnumerable<MemberReference> signature = [.. Parts(method.ReturnType), .. method.Parameters.SelectMany(p => Parts(p.ParameterType)), .. Attributes(method)];
        return method.HasBody ? signature.Concat(method.Body.Variables.SelectMany(v => Parts(v.VariableType))).Concat(method.Body.Instructions.SelectMany(Of)) : signature;
    }

    private static IEnumerable<MemberReference> Of(Instruction instruction) => instruction.Operand switch
    {
        MethodReference method => [method.GetElementMethod(), .. Parts(method.DeclaringType), .. method is GenericInstanceMethod generic ? generic.GenericArguments.SelectMany(Parts) : []],
        FieldReference field => [field, .. Parts(field.DeclaringType)],
        TypeReference type => Parts(type),
        _ => [],
    };

    private static IEnumerable<MemberReference> Attributes(ICustomAttributeProvider provider) => provider.CustomAttributes.Select(a => a.AttributeType);

    private static IEnumerable<MemberReference> Parts(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType generic => [generic.ElementType, .. generic.GenericArguments.SelectMany(Parts)],
        TypeSpecification specification => Parts(specification.ElementType),
        _ => [type],
    };

    private static bool IsPublic(MemberReference member) => member.Resolve() switch
    {
        TypeDefinition type => IsVisible(type),
        MethodDefinition method => IsVisible(method.DeclaringType) && (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly),
        FieldDefinition data => IsVisible(data.DeclaringType) && (data.IsPublic || data.IsFamily || data.IsFamilyOrAssembly),
        null => throw new AssertFailedException($"{member} is not to be found."),
        var other => throw new NotSupportedException(other.FullName),
    };

    private static bool IsVisible(TypeDefinition type) => type.IsNested ? (type.IsNestedPublic || type.IsNestedFamily) && IsVisible(type.DeclaringType) : type.IsPublic;

    private static TypeReference Outermost(TypeReference type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static string NameOf(TypeReference type) => type.FullName.Replace('/', '.').Split('`')[0];

    private static Reference Describe(TypeDefinition from, MemberReference member)
    {
        var type = (member as TypeReference ?? member.DeclaringType).GetElementType();
        var assembly = Outermost(type).Scope is AssemblyNameReference name ? name.Name : member.Module.Assembly.Name.Name;
        return new Reference(
            from.Namespace,
            NameOf(from),
            member is TypeReference ? NameOf(type) : $"{NameOf(type)}.{member.Name}",
            Outermost(type).Namespace,
            assembly,
            !assembly.StartsWith("Microsoft.ML", StringComparison.Ordinal) || IsPublic(member));
    }

    /// <summary>A type or member that a type refers to.</summary>
    /// <param name="FromNamespace">The namespace of the type.</param>
    /// <param name="FromType">The type, outermost, with its namespace.</param>
    /// <param name="Name">"Namespace.Type" or "Namespace.Type.Member" of what it refers to.</param>
    /// <param name="Namespace">The namespace of that.</param>
    /// <param name="Assembly">The assembly of that.</param>
    /// <param name="IsPublic">Whether any assembly may use it; found out for ML.NET's only.</param>
    internal sealed record Reference(string FromNamespace, string FromType, string Name, string Namespace, string Assembly, bool IsPublic);
}
