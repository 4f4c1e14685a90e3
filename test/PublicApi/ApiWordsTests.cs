using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.ML;

namespace IGptMl.PublicApi.Tests;

/// <summary>The public names: one word for one thing in all libraries, two namespaces, and types that can grow.</summary>
[TestClass]
public sealed partial class ApiWordsTests
{
    private static readonly IReadOnlyList<Type> Exported =
    [
        .. new[] { typeof(ImageGptModel), typeof(ImageGptTrainer), typeof(EvaluationStudy) }.SelectMany(type => type.Assembly.GetExportedTypes()),
    ];

    private static readonly IReadOnlyList<MethodBase> Methods =
    [
        .. Exported.SelectMany(type => type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .OfType<MethodBase>()
            .Where(method => !method.Name.StartsWith('<')),
    ];

    [TestMethod]
    public void Types_Exported_AreInTwoNamespaces()
    {
        Assert.IsGreaterThan(80, Exported.Count);
        Assert.IsEmpty(Exported.Where(type => type.Namespace is not ("IGptMl" or "Microsoft.ML")));
        Assert.IsEmpty(Exported.Where(type => type.Namespace == "Microsoft.ML" && !type.IsNested && !IsVerbs(type)), "Microsoft.ML is for verbs alone.");

        static bool IsVerbs(Type type) => type.Name.EndsWith("Catalog", StringComparison.Ordinal) || type.Name.EndsWith("Extensions", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Names_Exported_AreSpelledAsInDotNet()
    {
        var names = Exported.Select(type => type.Name)
            .Concat(Exported.SelectMany(type => type.GetMembers()).Select(member => member.Name))
            .Concat(Methods.SelectMany(method => method.GetParameters()).Select(parameter => parameter.Name!));
        Assert.IsEmpty(names.Where(name => BritishSpelling().IsMatch(name)).Distinct());
    }

    [TestMethod]
    public void Parameters_OfOneMeaning_HaveOneName()
    {
        var parameters = Methods.SelectMany(method => method.GetParameters().Select(parameter => (Method: method, Parameter: parameter))).ToList();
        Assert.IsEmpty(parameters
            .Where(p => p.Parameter.ParameterType == typeof(CancellationToken) && p.Parameter.Name != "cancellationToken" && !p.Method.IsSpecialName)
            .Select(p => $"{p.Method.DeclaringType}.{p.Method.Name}: {p.Parameter.Name}"));
        Assert.IsEmpty(parameters
            .Where(p => p.Parameter.ParameterType == typeof(string) && FileWord().IsMatch(p.Parameter.Name!))
            .Select(p => $"{p.Method.DeclaringType}.{p.Method.Name}: {p.Parameter.Name}; a file is a path, such as path or labelsPath"));
        Assert.IsEmpty(parameters
            .Where(p => p.Parameter.ParameterType == typeof(string) && p.Parameter.Name!.EndsWith("Column", StringComparison.Ordinal))
            .Select(p => $"{p.Method.DeclaringType}.{p.Method.Name}: {p.Parameter.Name}; a column's name ends in ColumnName"));
    }

    /// <summary>As ML.NET's verbs: the output column, the input column, then what the transform needs, and the options in the end.</summary>
    [TestMethod]
    public void Parameters_OfVerbs_AreInMLNetsOrder()
    {
        string[] order = ["outputColumnName", "inputColumnName"];
        var verbs = Methods
            .Where(method => method.IsDefined(typeof(ExtensionAttribute)) && method.GetParameters()[0].ParameterType == typeof(TransformsCatalog))
            .ToList();
        Assert.IsGreaterThan(8, verbs.Count);
        foreach (var verb in verbs)
        {
            string[] names = [.. verb.GetParameters().Skip(1).Select(parameter => parameter.Name!)];
            string[] columns = [.. names.Where(order.Contains)];
            CollectionAssert.AreEqual(order.Where(columns.Contains).ToArray(), columns, $"{verb}");
            CollectionAssert.AreEqual(columns, names[..columns.Length], $"{verb}");
            Assert.IsTrue(!names.Contains("options") || names[^1] == "options", $"{verb}");
            Assert.IsTrue(!names.Contains("inputColumnName") || names.Contains("outputColumnName"), $"{verb}");
        }
    }

    /// <summary>A positional record cannot get a member without breaking its constructor and its deconstruction.</summary>
    [TestMethod]
    public void Records_Exported_AreNotPositional()
        => Assert.IsEmpty(Methods.Where(method => method.Name == "Deconstruct").Select(method => method.DeclaringType));

    [TestMethod]
    public void ImageGeneration_WithoutExtensionProperties_IsReachable()
    {
        var ml = new MLContext(seed: 1);
        Assert.AreEqual(ml.ImageGeneration.GetType(), ml.GetImageGeneration().GetType());
    }

    [GeneratedRegex("[Cc]olour|[Gg]rey|[Cc]entre|[a-z]isation|[a-z]ise[ds]?$|[a-z]ising|[Bb]ehaviour|[Ll]abell|[Mm]odell(ed|ing)|[Cc]ancell(ed|ing)")]
    private static partial Regex BritishSpelling();

    [GeneratedRegex("[Ff]ile$|[Ff]ile[Nn]ame$|^npy")]
    private static partial Regex FileWord();
}
