using System.Diagnostics;
using IGptMl.Tests.Processes;

namespace IGptMl.Tests.Cli.Commands;

[TestClass]
public sealed class ShellCompletionCommandTests
{
    [TestMethod]
    [DataRow("igpt pre", "predict pretrain")]
    [DataRow("igpt palette ", "fit show --help --verbose")]
    [DataRow("igpt pretrain --pres", "--preset")]
    [DataRow("igpt pretrain --preset ", "large medium mini small tiny xl")]
    [DataRow("igpt pretrain --data shapes --preset t", "tiny")]
    [DataRow("igpt pretrain --data cifar100-", "cifar100-coarse cifar100-coarse-test cifar100-test")]
    [DataRow("/usr/bin/igpt shell-completion p", "powershell")]
    [DataRow("igpt serve --model ", "")] // a file, which the shell completes
    public void Line_IsCompleted(string line, string words)
    {
        var run = CommandLine.Run("[suggest]", line);
        Assert.AreEqual(0, run.Code, run.Error);
        CollectionAssert.AreEquivalent(words.Split(' ', StringSplitOptions.RemoveEmptyEntries), run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [TestMethod]
    [DataRow("bash", "complete -o default -F _igpt igpt")]
    [DataRow("zsh", "compdef _igpt igpt")]
    [DataRow("powershell", "Register-ArgumentCompleter -Native -CommandName igpt")]
    public void Script_IsPrinted(string shell, string part)
    {
        var run = CommandLine.Run("shell-completion", shell);
        Assert.AreEqual((0, string.Empty), (run.Code, run.Error));
        StringAssert.Contains(run.Output, part);
        StringAssert.Contains(run.Output, "[suggest]");
    }

    [TestMethod]
    public void Script_InBash_CompletesWithTheTool()
    {
        if (!File.Exists("/bin/bash"))
        {
            Assert.Inconclusive("There is no bash.");
        }

        var script = $$"""
            igpt() { '{{DotNetProcess.Host}}' '{{Path.Combine(AppContext.BaseDirectory, "igpt.dll")}}' "$@"; }
            eval "$(igpt shell-completion bash)"
            COMP_LINE='igpt palette fi --colors'; COMP_POINT=15
            _igpt
            echo "${COMPREPLY[*]}"
            complete -p igpt
            """;
        using var bash = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = bash.StandardError.ReadToEndAsync();
        Assert.AreEqual("fit\ncomplete -o default -F _igpt igpt\n", bash.StandardOutput.ReadToEnd(), error.Result);
    }
}
