using Mono.Cecil;
using Mono.Cecil.Cil;

namespace IGptMl.Tests;

/// <summary>The types of a built assembly, and the types and members that they reference in signatures, bodies, bases, constraints and attributes.</summary>
internal sealed class AssemblyReferences : IDisposable
{
    private readonly DefaultAssemblyResolver _resolver = new();
    private readonly AssemblyDefinition _assembly;
    private readonly SourceFolders _source;

    /// <param name="name">The assembly's name.</param>
    /// <param name="root">The root folder of its source: "src" or "test".</param>
    internal AssemblyReferences(string name, string root = "src")
    {
        _resolver.AddSearchDirectory(AppContext.BaseDirectory);
        _resolver.AddSearchDirectory(Path.GetDirectoryName(typeof(object).Assembly.Location)!);
        var path = Path.Combine(AppContext.BaseDirectory, $"{name}.dll");
        _assembly = AssemblyDefinition.ReadAssembly(path, new ReaderParameters { AssemblyResolver = _resolver });
        _source = new SourceFolders(path, root);
    }

    /// <summary>The referenced assemblies.</summary>
    internal IEnumerable<string> Assemblies => _assembly.MainModule.AssemblyReferences.Select(reference => reference.Name);

    /// <summary>The types, without nested and compiler-generated ones.</summary>
    internal IReadOnlyList<SourceType> Types => [.. _assembly.MainModule.Types.Select(Describe).OfType<SourceType>()];

    /// <summary>Every reference of every type. The references of nested types and closures count for the outermost type.</summary>
    internal IReadOnlyList<Reference> All
        => [.. _assembly.MainModule.Types.SelectMany(outer => Nested(outer).SelectMany(Of).Select(member => Describe(outer, member))).Distinct()];

    public void Dispose()
    {
        _source.Dispose();
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
            .. Constraints(type),
            .. Attributes(type),
            .. type.Fields.SelectMany(Attributes),
            .. type.Properties.SelectMany(Attributes),
        ];
        return direct.Concat(type.Methods.SelectMany(Of));
    }

    private static IEnumerable<MemberReference> Of(MethodDefinition method)
    {
        IEnumerable<MemberReference> signature =
        [
            .. Parts(method.ReturnType),
            .. method.Parameters.SelectMany(parameter => Parts(parameter.ParameterType)),
            .. Constraints(method),
            .. Attributes(method),
        ];
        return method.HasBody ? signature.Concat(Of(method.Body)) : signature;
    }

    private static IEnumerable<MemberReference> Of(MethodBody body) =>
    [
        .. body.Variables.SelectMany(variable => Parts(variable.VariableType)),
        .. body.ExceptionHandlers.SelectMany(handler => Parts(handler.CatchType)),
        .. body.Instructions.SelectMany(Of),
    ];

    private static IEnumerable<MemberReference> Of(Instruction instruction) => instruction.Operand switch
    {
        GenericInstanceMethod method => [method.GetElementMethod(), .. Parts(method.DeclaringType), .. method.GenericArguments.SelectMany(Parts)],
        MethodReference method => [method, .. Parts(method.DeclaringType)],
        FieldReference field => [field, .. Parts(field.DeclaringType)],
        TypeReference type => Parts(type),
        _ => [],
    };

    private static IEnumerable<MemberReference> Constraints(IGenericParameterProvider provider)
        => provider.GenericParameters.SelectMany(parameter => parameter.Constraints).SelectMany(constraint => Parts(constraint.ConstraintType));

    private static IEnumerable<MemberReference> Attributes(ICustomAttributeProvider provider) => provider.CustomAttributes.SelectMany(Of);

    private static IEnumerable<MemberReference> Of(CustomAttribute attribute)
        => attribute.ConstructorArguments.Select(argument => argument.Value).OfType<TypeReference>().SelectMany(Parts).Prepend(attribute.AttributeType);

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

    private static bool IsVisible(TypeDefinition type)
        => type.IsNested ? (type.IsNestedPublic || type.IsNestedFamily) && IsVisible(type.DeclaringType) : type.IsPublic;

    private static TypeReference Outermost(TypeReference type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static string NameOf(TypeReference type) => type.FullName.Replace('/', '.').Split('`')[0];

    private SourceType? Describe(TypeDefinition type)
    {
        var methods = Nested(type).SelectMany(nested => nested.Methods).Select(method => method.MetadataToken.ToInt32()).ToArray();
        return _source.Of(type.MetadataToken.ToInt32(), methods) is { } folder
            ? new SourceType(NameOf(type), type.Namespace, type.IsPublic, folder, [.. _source.ImportsOf(methods)])
            : null;
    }

    private static Reference Describe(TypeDefinition from, MemberReference member)
    {
        var type = (member as TypeReference ?? member.DeclaringType).GetElementType();
        var assembly = Outermost(type).Scope is AssemblyNameReference name ? name.Name : member.Module.Assembly.Name.Name;
        return new Reference(
            from.Namespace,
            NameOf(from),
            member is TypeReference ? NameOf(type) : $"{NameOf(type)}.{member.Name}",
            Outermost(type).Namespace,
            NameOf(Outermost(type)),
            assembly,
            !assembly.StartsWith("Microsoft.ML", StringComparison.Ordinal) || IsPublic(member));
    }

    /// <summary>A reference from a type to a type or member.</summary>
    /// <param name="FromNamespace">The namespace of the type.</param>
    /// <param name="FromType">The full name of the outermost type.</param>
    /// <param name="Name">The referenced "Namespace.Type" or "Namespace.Type.Member".</param>
    /// <param name="Namespace">The referenced namespace.</param>
    /// <param name="Type">The full name of the referenced outermost type.</param>
    /// <param name="Assembly">The referenced assembly.</param>
    /// <param name="IsPublic">Whether the reference is to a public type or member; only determined for ML.NET.</param>
    internal sealed record Reference(string FromNamespace, string FromType, string Name, string Namespace, string Type, string Assembly, bool IsPublic);

    /// <summary>A type that is declared in the source.</summary>
    /// <param name="Name">The full name.</param>
    /// <param name="Namespace">The namespace.</param>
    /// <param name="IsPublic">Whether the type is public.</param>
    /// <param name="Folder">The folder of its source files, such as "Transforms/Models".</param>
    /// <param name="Imports">
    /// The namespaces that these files import. They also reveal the use of constants, of which compiled code only contains the values.
    /// </param>
    internal sealed record SourceType(string Name, string Namespace, bool IsPublic, string Folder, IReadOnlyList<string> Imports);
}
