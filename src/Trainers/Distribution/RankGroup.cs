using System.Text;
using IGptMl.Distribution;
using IGptMl.Numerics;
using TorchSharp;

namespace IGptMl;

/// <summary>
/// The processes that train one model together, called ranks as in MPI. Each rank runs the same program with the same options and data, and computes its part
/// of every batch.
/// </summary>
/// <remarks>A group is used by one thread at a time. The same calls must be made by all ranks, in the same order.</remarks>
public abstract class RankGroup
{
    private protected RankGroup()
    {
    }

    /// <summary>A single process.</summary>
    public static RankGroup Alone { get; } = new SingleRank();

    /// <summary>The number of this process, 0 to <see cref="Count"/> - 1. Rank 0 writes the files.</summary>
    public abstract int Rank { get; }

    /// <summary>The number of processes, at least 1.</summary>
    public abstract int Count { get; }

    /// <summary>Whether this process has been started as one of several, by mpirun, mpiexec or srun.</summary>
    public static bool IsLaunched => Launch.Count > 1;

    /// <summary>The ranks that mpirun, mpiexec or srun has started, or <see cref="Alone"/> if this process was started by itself.</summary>
    /// <param name="timeLimit">The time after which a rank ends the job if the others do not answer, more than 0. Null: ten minutes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is not more than 0.</exception>
    /// <exception cref="PlatformNotSupportedException">There are several ranks, and no MPI library that connects them.</exception>
    public static RankGroup Connect(TimeSpan? timeLimit = null) => IsLaunched ? ConnectMpi(timeLimit) : Alone;

    /// <summary>
    /// The ranks of MPI (OpenMPI, MPICH, Intel MPI or MS-MPI, which must be installed). MPI is started by the first call, for the whole process.
    /// </summary>
    /// <param name="timeLimit">The time after which a rank ends the job if the others do not answer, more than 0. Null: ten minutes.</param>
    /// <remarks>
    /// Without mpirun, mpiexec or srun the group has one rank. A process that ends with an exit code other than 0 ends the whole job, so that no other rank
    /// waits for it.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The time is not more than 0.</exception>
    /// <exception cref="PlatformNotSupportedException">No MPI library is found.</exception>
    public static RankGroup ConnectMpi(TimeSpan? timeLimit = null)
    {
        if (timeLimit <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(timeLimit), timeLimit, "The time limit must be more than 0.");
        }

        return MpiGroup.Connect(timeLimit ?? TimeSpan.FromMinutes(10));
    }

    /// <summary>Waits until all ranks have come here.</summary>
    public abstract void Barrier();

    /// <summary>
    /// Tells that this rank has done its work: waits for the others, after which a rank may end with any exit code without ending the others' work.
    /// </summary>
    public abstract void Complete();

    /// <summary>Replaces the values on every rank by their sums over the ranks.</summary>
    /// <param name="values">A contiguous float32 tensor of the same length on all ranks. On a device, it goes through the memory of the host.</param>
    internal unsafe void AllReduce(torch.Tensor values) => OnHost(values, host => Sum(TensorMemory.Of(host), host.numel()));

    /// <summary>Replaces the values on every rank by their sums over the ranks.</summary>
    internal unsafe void AllReduce(Span<float> values)
    {
        fixed (float* first = values)
        {
            Sum(first, values.Length);
        }
    }

    /// <summary>Replaces the values on every rank by those of rank 0.</summary>
    /// <param name="values">A contiguous float32 tensor of the same length on all ranks.</param>
    internal unsafe void Broadcast(torch.Tensor values)
        => OnHost(values, host => Broadcast((byte*)TensorMemory.Of(host), host.numel() * sizeof(float), 0));

    /// <summary>The value of rank 0, on all ranks.</summary>
    internal unsafe double Broadcast(double value)
    {
        if (Count > 1)
        {
            Broadcast((byte*)&value, sizeof(double), 0);
        }

        return value;
    }

    /// <summary>Whether a condition holds on any rank.</summary>
    internal bool Any(bool condition)
    {
        if (Count == 1)
        {
            return condition;
        }

        Span<float> sum = [condition ? 1 : 0];
        AllReduce(sum);
        return sum[0] > 0;
    }

    /// <summary>The text of a rank, on all ranks.</summary>
    /// <param name="text">The text; only the root's is read.</param>
    /// <param name="root">The rank whose text it is.</param>
    internal unsafe string Broadcast(string text, int root = 0)
    {
        if (Count == 1)
        {
            return text;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        var length = bytes.LongLength;
        Broadcast((byte*)&length, sizeof(long), root);
        bytes = Rank == root ? bytes : new byte[length];
        fixed (byte* first = bytes)
        {
            Broadcast(first, length, root);
        }

        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Exchanges a tensor with the other ranks, if there are any, in the memory of the host.</summary>
    private void OnHost(torch.Tensor values, Action<torch.Tensor> exchange)
    {
        if (Count == 1)
        {
            return;
        }

        using var noGradients = torch.no_grad();
        using var host = values.device_type == DeviceType.CPU ? values.alias() : values.cpu();
        exchange(host);
        GC.KeepAlive(host);
        if (values.device_type != DeviceType.CPU)
        {
            values.copy_(host);
        }
    }

    /// <summary>Sums the values of all ranks in place.</summary>
    private protected abstract unsafe void Sum(float* values, long count);

    /// <summary>Copies the bytes of a rank to all others.</summary>
    private protected abstract unsafe void Broadcast(byte* bytes, long count, int root);
}
