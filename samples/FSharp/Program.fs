module IGptMl.Samples.FSharp.Program

open System.Globalization

[<EntryPoint>]
let main arguments =
    match arguments with
    | [| steps; zip |] when fst (System.Int64.TryParse(steps, CultureInfo.InvariantCulture)) && int64 steps > 0L ->
        let nats, accuracy = Shapes.run (int64 steps) zip
        printfn $"{nats:F3} nats per token, %.1f{100.0 * accuracy} %% of test pictures recognized; saved {zip}"
        0
    | _ ->
        eprintfn "usage: dotnet run -c Release --project samples/FSharp -- STEPS ZIP"
        2
