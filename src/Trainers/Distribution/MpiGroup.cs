namespace IGptMl.Distribution;

/// <summary>The ranks of MPI.</summary>
/// <remarks>
/// MPI can be started once in a process, so there is one group. When the process ends, MPI ends with it; if it ends with an error, so does the whole job.
/// </remarks>
internal sealed unsafe class MpiGroup : RankGroup
{
    /// <summary>The number of elements that one call of MPI takes at most, whose counts are of 32 bits.</summary>
    private const int MostElements = 1 << 28;

    private const int FailureCode = 1;

    private static readonly Lock Gate = new();
    private static MpiGroup? _instance;

    private readonly MpiLibrary _library;
    private readonly Timer _watch;
    private TimeSpan _timeLimit;
    private volatile bool _isComplete;

    private MpiGroup(TimeSpan timeLimit)
    {
        _timeLimit = timeLimit;
        _library = MpiLibrary.Load();
        _watch = new Timer(_ => GiveUp());
        Start();
        (Rank, Count) = _library.Start();
        Stop();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => End();
    }

    /// <inheritdoc/>
    public override int Rank { get; }

    /// <inheritdoc/>
    public override int Count { get; }

    /// <summary>Starts MPI, unless it has been started.</summary>
    internal static MpiGroup Connect(TimeSpan timeLimit)
    {
        lock (Gate)
        {
            _instance ??= new MpiGroup(timeLimit);
            _instance._timeLimit = timeLimit;
            return _instance;
        }
    }

    /// <inheritdoc/>
    public override void Barrier()
    {
        Start();
        _library.Barrier();
        Stop();
    }

    /// <inheritdoc/>
    public override void Complete()
    {
        Barrier();
        _isComplete = true;
    }

    /// <inheritdoc/>
    private protected override void Sum(float* values, long count)
    {
        Start();
        for (long done = 0; done < count; done += MostElements)
        {
            _library.AllReduce(values + done, (int)Math.Min(MostElements, count - done));
        }

        Stop();
    }

    /// <inheritdoc/>
    private protected override void Broadcast(byte* bytes, long count, int root)
    {
        Start();
        for (long done = 0; done < count; done += MostElements)
        {
            _library.Broadcast(bytes + done, (int)Math.Min(MostElements, count - done), root);
        }

        Stop();
    }

    /// <summary>Begins to wait for the other ranks.</summary>
    private void Start()
    {
        _isComplete = false;
        _watch.Change(_timeLimit, Timeout.InfiniteTimeSpan);
    }

    private void Stop() => _watch.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Ends the job when the other ranks do not answer: a rank that waits in MPI can do nothing else.</summary>
    private void GiveUp()
    {
        Console.Error.WriteLine($"Rank {Rank} of {Count} has waited {_timeLimit:g} for the others, which have ended or hang; the job ends.");
        Console.Error.Flush();
        new Thread(() => _library.Abort(FailureCode)) { IsBackground = true }.Start();
        Thread.Sleep(TimeSpan.FromSeconds(5));
        Environment.FailFast("MPI did not end the job.");
    }

    private void End()
    {
        if (Environment.ExitCode != 0 && !_isComplete)
        {
            _library.Abort(Environment.ExitCode);
            return;
        }

        if (!_isComplete) // otherwise another rank may have much left to do by itself
        {
            _watch.Change(_timeLimit, Timeout.InfiniteTimeSpan);
        }

        _library.Finish();
        Stop();
    }
}
