using System.Diagnostics;

namespace IGptMl.Tests.Processes;

/// <summary>Processes of igpt that an MPI launcher starts together.</summary>
internal static class MpiJob
{
    /// <summary>The launchers of both families, where Debian and Ubuntu put them.</summary>
    internal const string OpenMpi = "/usr/bin/mpirun.openmpi", Mpich = "/usr/bin/mpirun.mpich";

    /// <summary>Skips the test if the launcher is not installed.</summary>
    internal static void Require(string launcher)
    {
        if (!File.Exists(launcher))
        {
            Assert.Inconclusive($"There is no {launcher} on this machine; Debian's openmpi-bin and mpich have them.");
        }
    }

    /// <summary>Starts the ranks of one command line.</summary>
    internal static Process Start(string launcher, int ranks, params IEnumerable<string> arguments)
        => Start(launcher, Enumerable.Repeat(arguments, ranks));

    /// <summary>Starts ranks, each with a command line of its own.</summary>
    internal static Process Start(string launcher, IEnumerable<IEnumerable<string>> ranks)
    {
        string[] options = launcher == OpenMpi ? ["--oversubscribe", "--bind-to", "none"] : [];
        var program = Path.Combine(AppContext.BaseDirectory, "igpt.dll");
        var commands = ranks.SelectMany((arguments, rank) => (string[])[.. rank > 0 ? [":"] : Array.Empty<string>(), "-n", "1", DotNetProcess.Host, program,
            .. arguments]);
        var start = new ProcessStartInfo(launcher, [.. options, .. commands]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in (string[])["OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"])
        {
            start.Environment[name] = "1";
        }

        start.Environment["OMP_NUM_THREADS"] = "1";
        return Process.Start(start)!;
    }

    /// <summary>Runs ranks to their end, which must come within two minutes.</summary>
    internal static (int Code, string Output, string Error) Run(string launcher, int ranks, params IEnumerable<string> arguments)
        => Finish(Start(launcher, ranks, arguments));

    /// <summary>Waits for the end of a job.</summary>
    internal static (int Code, string Output, string Error) Finish(Process job)
    {
        using (job)
        {
            var (output, error) = (job.StandardOutput.ReadToEndAsync(), job.StandardError.ReadToEndAsync());
            if (!job.WaitForExit(TimeSpan.FromMinutes(2)))
            {
                job.Kill(entireProcessTree: true);
                Assert.Fail($"The job hangs: {error.Result}");
            }

            job.WaitForExit();
            return (job.ExitCode, output.Result, error.Result);
        }
    }
}
