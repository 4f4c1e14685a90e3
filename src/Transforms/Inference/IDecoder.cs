namespace IGptMl.Inference;

/// <summary>Continues sequences of tokens: reads each position once, and keeps its keys and values for the positions after it.</summary>
/// <remarks>The cache is allocated for the whole context. A decoder is used by one thread at a time, and can continue one batch after the other.</remarks>
internal interface IDecoder : IDisposable
{
    /// <summary>The maximum number of sequences in a batch.</summary>
    int Capacity { get; }

    /// <summary>Reads positions without predicting their tokens. The first of them must be position 0 or follow the last one read.</summary>
    /// <param name="tokens">The sequences, (rows, T): position i reads token i - 1, and position 0 the start of sequence.</param>
    /// <param name="rows">The number of sequences, 1 to <see cref="Capacity"/>.</param>
    /// <param name="from">The first position.</param>
    /// <param name="to">The position after the last one.</param>
    void Read(ReadOnlySpan<ushort> tokens, int rows, int from, int to);

    /// <summary>Reads one position and writes the logits of its token, (rows, K).</summary>
    /// <param name="tokens">The sequences, (rows, T). Only the tokens before the position are used.</param>
    /// <param name="rows">The number of sequences, 1 to <see cref="Capacity"/>.</param>
    /// <param name="position">The position: 0, or the one after the last one read.</param>
    /// <param name="logits">Receives (rows, K) values.</param>
    void Predict(ReadOnlySpan<ushort> tokens, int rows, int position, Span<float> logits);
}
