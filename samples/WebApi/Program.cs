using IGptMl.Samples.WebApi;

try
{
    await using var app = WebApiApplication.Create(args);
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (e is IOException or InvalidDataException or ArgumentException or InvalidOperationException or FormatException)
{
    Console.Error.WriteLine($"error: {e.Message}");
    return 1;
}
