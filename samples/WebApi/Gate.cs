namespace IGptMl.Samples.WebApi;

/// <summary>Limits how many requests are computed at once, how many wait, and for how long.</summary>
/// <remarks>
/// Work that has begun cannot be interrupted. If its request ends before it does, it keeps its place until it is done, so that no more work runs at once than
/// the machine can bear.
/// </remarks>
internal sealed class Gate(int workers, int queue, TimeSpan timeLimit)
{
    private readonly SemaphoreSlim _places = new(workers);
    private int _requests;

    /// <exception cref="BusyException">Too many requests wait.</exception>
    /// <exception cref="TimeoutException">The time is up.</exception>
    /// <exception cref="OperationCanceledException">The client has gone.</exception>
    internal async Task<T> RunAsync<T>(Func<T> work, CancellationToken aborted)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        end.CancelAfter(timeLimit);
        try
        {
            if (Interlocked.Increment(ref _requests) > workers + queue)
            {
                throw new BusyException();
            }

            await _places.WaitAsync(end.Token);
            return await Task.Run(() => Work(work), CancellationToken.None).WaitAsync(end.Token);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            throw new TimeoutException($"The request took longer than {timeLimit.TotalSeconds:0.###} seconds.");
        }
        finally
        {
            Interlocked.Decrement(ref _requests);
        }
    }

    private T Work<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>More requests than the queue holds.</summary>
    internal sealed class BusyException() : Exception("The server is busy; try again in a moment.");
}
