using Mono.Cecil;
using Mono.Cecil.Cil;
using static TorchSharp.torch;

namespace IGptMl.Tests;

/// <summary>
/// No operation of libtorch may receive an unreferenced scalar: TorchSharp passes the native handle, and the garbage collector may run the finalizer, which
/// frees the scalar, while libtorch still reads it. A long training run would crash sooner or later.
/// </summary>
[TestClass]
public class ScalarTests
{
    private const string Scalar = "TorchSharp.Scalar";

    /// <summary>The methods of TorchSharp that create scalars, directly or indirectly.</summary>
    private static readonly Lazy<HashSet<string>> Makers = new(() =>
    {
        using var module = Read("TorchSharp");
        var calls = Methods(module)
            .Where(method => method.DeclaringType.FullName != Scalar && method.Name != ".cctor")
            .ToDictionary(method => method.FullName, method => CallsOf(method).Select(call => (Name: NameOf(call), Makes: MakesScalar(call))).ToList());
        var makers = calls.Where(method => method.Value.Any(call => call.Makes)).Select(method => method.Key).ToHashSet();
        List<string> more;
        do
        {
            more =
            [
                .. calls.Where(method => !makers.Contains(method.Key) && method.Value.Any(call => makers.Contains(call.Name))).Select(method => method.Key),
            ];
            makers.UnionWith(more);
        }
        while (more.Count > 0);
        return makers;
    });

    [TestMethod]
    [DataRow("IGptMl.Transforms")]
    [DataRow("IGptMl.Trainers")]
    [DataRow("IGptMl.Pipelines")]
    [DataRow("igpt")]
    public void EveryScalar_HasAName(string assembly)
    {
        using var module = Read(assembly);
        var found = UnnamedScalars(module);
        Assert.IsEmpty(found, "Give the scalar a name that lives until the operation has ended: a using variable, or a member of Scalars.");
    }

    [TestMethod]
    public void UnnamedScalars_AreFound()
    {
        using var module = Read("IGptMl.Tests");
        var found = UnnamedScalars(module).Where(place => place.Contains(nameof(Unnamed), StringComparison.Ordinal)).ToList();
        Assert.HasCount(4, found, string.Join(Environment.NewLine, found));
        Assert.IsFalse(UnnamedScalars(module).Any(place => place.Contains(nameof(Named), StringComparison.Ordinal)));
    }

    private static void Unnamed(Tensor tensor)
    {
        using var product = tensor * 2;
        using var sum = product + tensor;
        using var shifted = sum.add_(2);
    }

    private static void Named(Tensor tensor)
    {
        using TorchSharp.Scalar factor = 2, one = 1;
        using var product = tensor * factor;
        using var sum = product.add(tensor, one);
    }

    private static List<string> UnnamedScalars(ModuleDefinition module)
        => [.. Methods(module)
            .Where(method => method.Name != ".cctor")
            .SelectMany(method => method.Body.Instructions
                .Where(instruction => instruction.Operand is MethodReference call
                    && (Makers.Value.Contains(NameOf(call)) || (MakesScalar(call) && !IsKept(instruction))))
                .Select(instruction => $"{method.DeclaringType.FullName}.{method.Name}: {NameOf((MethodReference)instruction.Operand)}"))];

    /// <summary>Whether the result is stored in a variable or field, not passed directly to the next call.</summary>
    private static bool IsKept(Instruction instruction)
        => instruction.Next.OpCode.Code is Code.Stloc or Code.Stloc_S or Code.Stloc_0 or Code.Stloc_1 or Code.Stloc_2 or Code.Stloc_3
            or Code.Stfld or Code.Stsfld or Code.Ret;

    private static bool MakesScalar(MethodReference call) => call.ReturnType.FullName == Scalar && call.Name is "op_Implicit" or "ToScalar";

    private static string NameOf(MethodReference call) => call is MethodSpecification generic ? generic.ElementMethod.FullName : call.FullName;

    private static IEnumerable<MethodReference> CallsOf(MethodDefinition method) => method.Body.Instructions.Select(i => i.Operand).OfType<MethodReference>();

    private static IEnumerable<MethodDefinition> Methods(ModuleDefinition module)
        => module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody);

    private static ModuleDefinition Read(string assembly) => ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll"));
}
