namespace IGptMl.Hosting;

/// <summary>Writes the tokens of a row as it is now, 0-based, and says whether none is missing.</summary>
/// <param name="tokens">Receives as many tokens as the network has positions.</param>
internal delegate bool TokenReader(Span<ushort> tokens);
