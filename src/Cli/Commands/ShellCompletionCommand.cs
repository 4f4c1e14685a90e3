using System.CommandLine;
using IGptMl.Cli.Help;
using IGptMl.Cli.Output;

namespace IGptMl.Cli.Commands;

/// <summary>igpt shell-completion: the script that makes a shell complete igpt's commands and options.</summary>
internal sealed class ShellCompletionCommand : IgptCommand
{
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = $$"""
            # In ~/.bashrc: eval "$(igpt shell-completion bash)"
            _igpt() {
              local IFS=$'\n'
              COMPREPLY=($(igpt '{{WordCompletion.Request}}' "${COMP_LINE:0:$COMP_POINT}" 2>/dev/null))
            }
            complete -o default -F _igpt igpt
            """,
        ["zsh"] = $$"""
            # In ~/.zshrc, after compinit: eval "$(igpt shell-completion zsh)"
            _igpt() {
              local -a found
              found=(${(f)"$(igpt '{{WordCompletion.Request}}' "${(j: :)words[1,CURRENT]}" 2>/dev/null)"})
              if (( $#found )); then
                compadd -a found
              else
                _files
              fi
            }
            compdef _igpt igpt
            """,
        ["powershell"] = $$"""
            # In $PROFILE: igpt shell-completion powershell | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName igpt -ScriptBlock {
                param($wordToComplete, $commandAst, $cursorPosition)
                $length = $cursorPosition - $commandAst.Extent.StartOffset
                $line = $commandAst.ToString().PadRight($length).Substring(0, $length)
                igpt '{{WordCompletion.Request}}' $line | ForEach-Object {
                    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
                }
            }
            """,
    };

    private readonly Argument<string> _shell = new("shell") { Description = "The shell." };

    internal ShellCompletionCommand(Terminal terminal, Option<bool> verbose)
        : base(
            "shell-completion",
            "Print the script that makes a shell complete igpt's words. Its first line says where it goes.",
            "igpt shell-completion bash",
            terminal,
            verbose)
        => Add(_shell.AcceptOnlyFromAmong([.. Scripts.Keys]));

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        Terminal.WriteText(Scripts[parsed.GetRequiredValue(_shell)].ReplaceLineEndings());
        return ExitCodes.Success;
    }
}
