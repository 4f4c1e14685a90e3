using Microsoft.AspNetCore.Mvc;

namespace IGptMl.Samples.WebApi;

/// <summary>The requests with a picture, as the form field <c>file</c>.</summary>
internal static class Endpoints
{
    internal static void Map(WebApplication app)
    {
        if (app.Services.GetRequiredService<ServedModels>() is { Classifier: not null })
        {
            Describe(app.MapPost("/predict", PredictAsync), "The classes of a picture with their probabilities, the likeliest first.")
                .Produces<PredictAnswer>();
        }

        if (app.Services.GetRequiredService<ServedModels>() is { Generator: not null })
        {
            Describe(app.MapPost("/complete", CompleteAsync), "A PNG with the kept part of a picture, then its completions.")
                .Produces<byte[]>(StatusCodes.Status200OK, "image/png");
            Describe(app.MapPost("/surprise", SurpriseAsync), "How unusual a picture is, and a map of its parts.")
                .Produces<SurpriseAnswer>();
        }
    }

    /// <summary>Documents a request. No cookie is used, so no form can be forged, and no token is asked for.</summary>
    private static RouteHandlerBuilder Describe(RouteHandlerBuilder endpoint, string summary) => endpoint
        .WithSummary(summary)
        .DisableAntiforgery()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> PredictAsync(IFormFile file, ServedModels models, Gate gate, ApiSettings settings, CancellationToken aborted)
    {
        var picture = await Picture.ReadAsync(file, settings, aborted);
        return TypedResults.Ok(await gate.RunAsync(() => Decoded(() => models.Classifier!.Use(classifier => classifier.Predict(picture))), aborted));
    }

    private static async Task<IResult> CompleteAsync(
        IFormFile file,
        ServedModels models,
        Gate gate,
        ApiSettings settings,
        CancellationToken aborted,
        [FromQuery] int completions = 4,
        [FromQuery] double temperature = 1,
        [FromQuery] int? topK = null,
        [FromQuery] int? keepRows = null,
        [FromQuery] int? seed = null)
    {
        if (completions < 1 || completions > settings.MaximumCompletions)
        {
            throw new ArgumentException($"completions is {completions}; expected 1 to {settings.MaximumCompletions}.");
        }

        var picture = await Picture.ReadAsync(file, settings, aborted);
        var request = new CompleteRequest(completions, temperature, topK, keepRows, seed);
        return TypedResults.File(
            await gate.RunAsync(() => Decoded(() => models.Generator!.Use(generator => generator.Complete(picture, request))), aborted), "image/png");
    }

    private static async Task<IResult> SurpriseAsync(IFormFile file, ServedModels models, Gate gate, ApiSettings settings, CancellationToken aborted)
    {
        var picture = await Picture.ReadAsync(file, settings, aborted);
        return TypedResults.Ok(await gate.RunAsync(() => Decoded(() => models.Generator!.Use(generator => generator.Surprise(picture))), aborted));
    }

    /// <summary>A picture whose start is right may still be damaged further on.</summary>
    private static T Decoded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is InvalidDataException || e.InnerException is InvalidDataException)
        {
            throw new Picture.UnreadableException($"The picture cannot be decoded: {(e.InnerException ?? e).Message}");
        }
    }
}
