namespace IGptMl.Hosting;

/// <summary>Reads the 0-based tokens of the current row, and returns whether none is missing.</summary>
/// <param name="tokens">Receives as many tokens as the network has positions.</param>
internal delegate bool TokenReader(Span<ushort> tokens);
