using System.Threading.RateLimiting;

namespace IGptMl.Cli.Serving;

/// <summary>Lets one piece of work use the model at a time, as each uses all cores, and a few wait in the order in which they came.</summary>
internal sealed class WorkQueue : IDisposable
{
    /// <summary>The most pieces of work that wait.</summary>
    internal const int Waiting = 8;

    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions
        { PermitLimit = 1, QueueLimit = Waiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });

    /// <summary>Whether the model is in use.</summary>
    internal bool IsBusy => _limiter.GetStatistics() is { CurrentAvailablePermits: 0 };

    /// <summary>The number of pieces of work that wait.</summary>
    internal long Queued => _limiter.GetStatistics()?.CurrentQueuedCount ?? 0;

    /// <summary>Waits for the model. The lease, which the caller disposes, is that of a refusal if too many wait already.</summary>
    internal ValueTask<RateLimitLease> EnterAsync(CancellationToken cancellation) => _limiter.AcquireAsync(1, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _limiter.Dispose();
}
