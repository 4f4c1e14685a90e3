using System.Runtime.InteropServices;

namespace IGptMl.Distribution;

/// <summary>An MPI library, found at run time. Two families have different constants: OpenMPI's are addresses, those of MPICH numbers.</summary>
internal sealed unsafe class MpiLibrary
{
    /// <summary>Calls come from one thread at a time, which need not be the first.</summary>
    private const int Serialized = 2;

    private const string Cure = "Install OpenMPI or MPICH (Debian and Ubuntu: apt install openmpi-bin), on Windows MS-MPI.";

    /// <summary>The libraries of OpenMPI 4 and 5.</summary>
    private static readonly string[] OpenMpi = ["libmpi.so.40", "libmpi.40.dylib", "libmpi.dylib"];

    /// <summary>The libraries of MPICH, those with its binary interface such as Intel MPI, and MS-MPI.</summary>
    private static readonly string[] Mpich = ["libmpi.so.12", "libmpich.so.12", "libmpi.12.dylib", "libpmpi.12.dylib", "msmpi.dll"];

    private readonly nint _library;
    private readonly nint _world, _float, _byte, _sum, _inPlace;
    private readonly delegate* unmanaged[Cdecl]<nint, nint, int, nint, nint, nint, int> _allReduce;
    private readonly delegate* unmanaged[Cdecl]<nint, int, nint, int, nint, int> _broadcast;
    private readonly delegate* unmanaged[Cdecl]<nint, int> _barrier;
    private readonly delegate* unmanaged[Cdecl]<nint, int, int> _abort;
    private readonly delegate* unmanaged[Cdecl]<int> _finalize;

    private MpiLibrary(nint library)
    {
        _library = library;
        if (NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out _world))
        {
            (_float, _byte, _sum) = (Find("ompi_mpi_float"), Find("ompi_mpi_byte"), Find("ompi_mpi_op_sum"));
            _inPlace = 1;
        }
        else
        {
            (_world, _float, _byte, _sum, _inPlace) = (0x44000000, 0x4c00040a, 0x4c00010d, 0x58000003, -1);
        }

        _allReduce = (delegate* unmanaged[Cdecl]<nint, nint, int, nint, nint, nint, int>)Find("MPI_Allreduce");
        _broadcast = (delegate* unmanaged[Cdecl]<nint, int, nint, int, nint, int>)Find("MPI_Bcast");
        _barrier = (delegate* unmanaged[Cdecl]<nint, int>)Find("MPI_Barrier");
        _abort = (delegate* unmanaged[Cdecl]<nint, int, int>)Find("MPI_Abort");
        _finalize = (delegate* unmanaged[Cdecl]<int>)Find("MPI_Finalize");
    }

    /// <summary>Loads the library of the launcher's family, or else any.</summary>
    /// <exception cref="PlatformNotSupportedException">None is found.</exception>
    internal static MpiLibrary Load()
    {
        string[] fitting = Launch.IsMpich ? Mpich : OpenMpi;
        if (Array.Find(fitting, CanLoad) is { } name || (!RankGroup.IsLaunched && (name = Array.Find(Mpich, CanLoad)) is not null))
        {
            return new MpiLibrary(NativeLibrary.Load(name));
        }

        var family = Launch.IsMpich ? "MPICH, Intel MPI or MS-MPI" : "OpenMPI";
        throw new PlatformNotSupportedException(RankGroup.IsLaunched
            ? $"The {Launch.Count} ranks were started by {family}, whose library is not found (looked for {string.Join(", ", fitting)}). {Cure}"
            : $"No MPI library is found (looked for {string.Join(", ", OpenMpi.Concat(Mpich))}). {Cure}");
    }

    /// <summary>Starts MPI. Returns this process's rank and the number of ranks.</summary>
    /// <exception cref="InvalidOperationException">MPI cannot start.</exception>
    internal (int Rank, int Count) Start()
    {
        int provided, rank, count;
        var start = (delegate* unmanaged[Cdecl]<nint, nint, int, int*, int>)Find("MPI_Init_thread");
        Require(start(0, 0, Serialized, &provided), "MPI_Init_thread");
        if (provided < Serialized)
        {
            throw new InvalidOperationException("This MPI library does not support calls from several threads (MPI_THREAD_SERIALIZED).");
        }

        Require(((delegate* unmanaged[Cdecl]<nint, int*, int>)Find("MPI_Comm_rank"))(_world, &rank), "MPI_Comm_rank");
        Require(((delegate* unmanaged[Cdecl]<nint, int*, int>)Find("MPI_Comm_size"))(_world, &count), "MPI_Comm_size");
        return (rank, count);
    }

    /// <summary>Sums floats of all ranks in place.</summary>
    internal void AllReduce(float* values, int count) => Require(_allReduce(_inPlace, (nint)values, count, _float, _sum, _world), "MPI_Allreduce");

    /// <summary>Copies bytes of the root to all ranks.</summary>
    internal void Broadcast(byte* bytes, int count, int root) => Require(_broadcast((nint)bytes, count, _byte, root, _world), "MPI_Bcast");

    /// <summary>Waits for all ranks.</summary>
    internal void Barrier() => Require(_barrier(_world), "MPI_Barrier");

    /// <summary>Ends all ranks at once.</summary>
    internal void Abort(int code) => _abort(_world, code);

    /// <summary>Ends MPI, with all ranks.</summary>
    internal void Finish() => _finalize();

    private static bool CanLoad(string name)
    {
        if (!NativeLibrary.TryLoad(name, out var handle))
        {
            return false;
        }

        NativeLibrary.Free(handle);
        return true;
    }

    private static void Require(int code, string call)
    {
        if (code != 0)
        {
            throw new InvalidOperationException($"{call} failed with the error {code} of MPI.");
        }
    }

    private nint Find(string name) => NativeLibrary.GetExport(_library, name);
}
