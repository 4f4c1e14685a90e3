using System.Text.Json.Serialization;

namespace IGptMl.Samples.WebApi;

/// <summary>The answer of /predict.</summary>
/// <param name="Classes">All classes, the likeliest first.</param>
public sealed record PredictAnswer(IReadOnlyList<ClassProbability> Classes);

/// <summary>A class of a classifier.</summary>
/// <param name="Name">The name.</param>
/// <param name="Probability">The probability, 0 to 1.</param>
public sealed record ClassProbability(string Name, float Probability);

/// <summary>The answer of /surprise.</summary>
/// <param name="NatsPerToken">The mean surprise of a token in nats; the higher, the less the picture is like those of the training.</param>
/// <param name="BitsPerDimension">The same in bits per color channel.</param>
/// <param name="Map">A PNG that shows the surprise of each token, from black to bright yellow; in JSON as base64.</param>
public sealed record SurpriseAnswer(float NatsPerToken, float BitsPerDimension, byte[] Map);

/// <summary>The options of /complete.</summary>
internal sealed record CompleteRequest(int Completions, double Temperature, int? TopK, int? KeepRows, int? Seed);

/// <summary>How answers become JSON, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PredictAnswer))]
[JsonSerializable(typeof(SurpriseAnswer))]
[JsonSerializable(typeof(Microsoft.AspNetCore.Mvc.ProblemDetails))]
[JsonSerializable(typeof(IFormFile))]
[JsonSerializable(typeof(int?))]
[JsonSerializable(typeof(double?))]
internal sealed partial class AnswerJson : JsonSerializerContext;
