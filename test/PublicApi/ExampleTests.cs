using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using Microsoft.ML;

namespace IGptMl.PublicApi.Tests;

/// <summary>Every verb that the libraries add to <see cref="MLContext"/> has an example in its XML documentation, which compiles and runs.</summary>
[TestClass]
public sealed class ExampleTests
{
    /// <summary>What examples need not repeat.</summary>
    private static readonly (string Name, string Code)[] Given =
    [
        ("ml", "var ml = new MLContext(seed: 1);"),
        ("images", "IDataView images = ml.Data.LoadImageFolder(\"photos\");"),
        ("model", "using var model = ImageGptModel.Load(\"model.zip\");"),
        ("tokens", "IDataView tokens = ml.Transforms.QuantizeToPalette(\"Tokens\", \"Image\", model).Fit(images).Transform(images);"),
    ];

    private static readonly Lazy<IReadOnlyDictionary<string, string>> Examples = new(Read);

    private static Assembly[] Assemblies => [typeof(ImageGptModel).Assembly, typeof(ImageGptTrainer).Assembly, typeof(LinearProbeExperiment).Assembly];

    public static IEnumerable<object[]> Members => Examples.Value.Keys.Select(member => (object[])[member]);

    [TestMethod]
    public void Verbs_HaveExamples()
    {
        var verbs = Assemblies.SelectMany(assembly => assembly.GetExportedTypes())
            .Where(type => type.Namespace == "Microsoft.ML")
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => !method.IsSpecialName && (!method.IsStatic || method.IsDefined(typeof(ExtensionAttribute))))
            .GroupBy(method => $"{method.DeclaringType!.FullName!.Replace('+', '.')}.{method.Name}")
            .ToDictionary(group => group.Key, group => group.Count());
        Assert.IsGreaterThan(20, verbs.Count);
        foreach (var (verb, overloads) in verbs)
        {
            Assert.AreEqual(overloads, Examples.Value.Keys.Count(member => member.StartsWith($"M:{verb}(", StringComparison.Ordinal)), $"examples of {verb}");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Members))]
    public void Example_Runs(string member)
    {
        using var folder = new WorkFolder();
        PageFiles.Write(folder);
        var code = Examples.Value[member];
        var given = Given.Where(part => !code.Contains($" {part.Name} = ", StringComparison.Ordinal)).Select(part => part.Code).ToList();
        if (code.Contains("var ml = ", StringComparison.Ordinal))
        {
            given.Clear();
        }

        // What the example declares itself may come after what it is given, so the given part does without it.
        if (!given.Any(line => line.Contains(" model = ", StringComparison.Ordinal)))
        {
            given.RemoveAll(line => line.Contains(" tokens = ", StringComparison.Ordinal));
        }

        PageCode.Run($"using IGptMl;\nusing Microsoft.ML;\nusing Microsoft.ML.Data;\n{string.Join('\n', given)}\n{code}", folder);
    }

    private static IReadOnlyDictionary<string, string> Read() => Assemblies
        .SelectMany(assembly => XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member"))
        .Where(member => member.Element("example") is not null)
        .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("example")!.Element("code")!.Value);
}
