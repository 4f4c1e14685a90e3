using System.Text.Json;
using System.Text.Json.Serialization;

namespace IGptMl.Network;

/// <summary>Reads and writes objectives as the JSON strings "autoregressive" and "masked"; integers are rejected.</summary>
internal sealed class PretrainingObjectiveConverter() : JsonStringEnumConverter<PretrainingObjective>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);
