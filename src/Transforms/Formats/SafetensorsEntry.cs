namespace IGptMl.Formats;

/// <summary>One array of a safetensors header, with its byte range counted from the end of the header.</summary>
internal readonly record struct SafetensorsEntry(WeightInfo Info, long Begin, long End);
