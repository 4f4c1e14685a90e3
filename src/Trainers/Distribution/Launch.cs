using System.Globalization;

namespace IGptMl.Distribution;

/// <summary>What the program that started this process says in environment variables, before any library is loaded.</summary>
internal static class Launch
{
    /// <summary>The variables of OpenMPI's mpirun, and of the launchers of MPICH, Intel MPI, MS-MPI and SLURM that speak their protocol.</summary>
    private static readonly string[] Counts = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE"], Ranks = ["OMPI_COMM_WORLD_RANK", "PMI_RANK"];

    /// <summary>The number of processes that were started together; 1 if none was started with this one.</summary>
    internal static int Count => Math.Max(1, Read(Counts) ?? (IsPmix ? Read(["SLURM_STEP_NUM_TASKS"]) : null) ?? 1);

    /// <summary>The number of this process among them, from 0.</summary>
    internal static int Rank => Read(Ranks) ?? (IsPmix ? Read(["PMIX_RANK"]) : null) ?? 0;

    /// <summary>Whether the launcher is one of MPICH's family; OpenMPI's otherwise.</summary>
    internal static bool IsMpich => Read(["OMPI_COMM_WORLD_SIZE"]) is null && !IsPmix && Read(["PMI_SIZE"]) is not null;

    /// <summary>Whether SLURM has started the process for OpenMPI (srun --mpi=pmix).</summary>
    private static bool IsPmix => Environment.GetEnvironmentVariable("PMIX_RANK") is not null;

    private static int? Read(string[] names) => names
        .Select(name => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value : (int?)null)
        .FirstOrDefault(value => value is not null);
}
