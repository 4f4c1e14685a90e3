using System.Xml.Linq;

namespace IGptMl.Tests.Processes;

/// <summary>The results of these tests, or some of them, in another process.</summary>
/// <param name="Passed">The "Class.Test" names of the tests that passed.</param>
/// <param name="Failures">The "Class.Test" names of the others, with their errors.</param>
internal sealed record TestRun(IReadOnlyList<string> Passed, IReadOnlyList<string> Failures)
{
    /// <summary>Reads a report in the format of Visual Studio (TRX).</summary>
    public static TestRun Read(string path)
    {
        var report = XDocument.Load(path).Root!;
        var space = report.Name.Namespace;
        var classes = report.Descendants(space + "UnitTest")
            .ToDictionary(test => Attribute(test, "id"), test => Attribute(test.Element(space + "TestMethod")!, "className"));
        var results = report.Descendants(space + "UnitTestResult").ToLookup(result => Attribute(result, "outcome"));
        return new TestRun([.. results["Passed"].Select(NameOf)], [.. results["Failed"].Select(result => $"{NameOf(result)}: {MessageOf(result)}")]);

        static string Attribute(XElement element, string name) => element.Attribute(name)!.Value;

        string NameOf(XElement result) => $"{classes[Attribute(result, "testId")]}.{Attribute(result, "testName")}";

        string MessageOf(XElement result) => string.Join('\n', result.Descendants(space + "ErrorInfo").Elements().Select(part => part.Value.Trim()));
    }
}
