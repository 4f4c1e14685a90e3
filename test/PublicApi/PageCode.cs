using System.Reflection;
using IGptMl.Tests.Hub;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IGptMl.PublicApi.Tests;

/// <summary>Compiles C# of the documentation against the public API, as a console project does, and runs it in a folder with the files that it uses.</summary>
internal static class PageCode
{
    /// <summary>The implicit usings of a console project.</summary>
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly CSharpParseOptions Language = new(LanguageVersion.CSharp14);

    private static readonly Lazy<IReadOnlyList<MetadataReference>> References = new(() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path)),
    ]);

    internal static CSharpCompilation Compile(string source) => CSharpCompilation.Create(
        $"Page{Guid.NewGuid():N}",
        [CSharpSyntaxTree.ParseText(ImplicitUsings, Language), CSharpSyntaxTree.ParseText(source, Language)],
        References.Value,
        new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>The errors, with the lines that #line says. Warnings are not errors, as documentation may show unused code.</summary>
    internal static IEnumerable<string> ErrorsOf(string source, string name) => Compile(source).GetDiagnostics()
        .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
        .Select(diagnostic => $"{name}({diagnostic.Location.GetMappedLineSpan().StartLinePosition.Line + 1}): {diagnostic.GetMessage()}");

    /// <summary>Runs a program without a network: the hub that it downloads from is a server of the test.</summary>
    /// <returns>What it wrote to the console.</returns>
    internal static string Run(string source, WorkFolder folder)
    {
        using var stream = new MemoryStream();
        var result = Compile(source).Emit(stream);
        Assert.IsTrue(result.Success, string.Join("\n", result.Diagnostics));
        using var hub = new HubServer("openai/imagegpt-small");
        using var environment = new EnvironmentVariables(
            ("HF_ENDPOINT", hub.Address.AbsoluteUri), ("HF_HUB_CACHE", folder.Combine("hub")), ("HF_HUB_OFFLINE", null), ("HF_TOKEN", null));
        var (before, console) = (Environment.CurrentDirectory, Console.Out);
        using var output = new StringWriter();
        Environment.CurrentDirectory = folder.Path;
        Console.SetOut(TextWriter.Synchronized(output));
        try
        {
            var end = Assembly.Load(stream.ToArray()).EntryPoint!.Invoke(null, [Array.Empty<string>()]);
            (end as Task)?.GetAwaiter().GetResult();
        }
        finally
        {
            Environment.CurrentDirectory = before;
            Console.SetOut(console);
        }

        return output.ToString();
    }

    /// <summary>Variables of the environment, until it is disposed.</summary>
    private sealed class EnvironmentVariables : IDisposable
    {
        private readonly Dictionary<string, string?> _before = [];

        internal EnvironmentVariables(params (string Name, string? Value)[] variables)
        {
            foreach (var (name, value) in variables)
            {
                _before[name] = Environment.GetEnvironmentVariable(name);
                Environment.SetEnvironmentVariable(name, value);
            }
        }

        public void Dispose()
        {
            foreach (var (name, value) in _before)
            {
                Environment.SetEnvironmentVariable(name, value);
            }
        }
    }
}
