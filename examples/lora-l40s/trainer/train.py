"""LoRA on a causal language model: resumes from the newest checkpoint, so that a spot interruption costs minutes."""
import argparse
from pathlib import Path

import torch
from datasets import load_dataset
from peft import LoraConfig, get_peft_model
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    DataCollatorForLanguageModeling,
    Trainer,
    TrainingArguments,
)

parser = argparse.ArgumentParser()
parser.add_argument("--model", default="meta-llama/Llama-3.1-8B")
parser.add_argument("--data", default="yahma/alpaca-cleaned")
parser.add_argument("--out", type=Path, default=Path("/checkpoints"))
args = parser.parse_args()

tokenizer = AutoTokenizer.from_pretrained(args.model)
tokenizer.pad_token = tokenizer.eos_token
model = AutoModelForCausalLM.from_pretrained(args.model, torch_dtype=torch.bfloat16, device_map="auto")
model.gradient_checkpointing_enable()
model.enable_input_require_grads()
lora = LoraConfig(r=16, lora_alpha=32, lora_dropout=0.05, target_modules="all-linear", task_type="CAUSAL_LM")
model = get_peft_model(model, lora)


def tokens(row):
    text = f"{row['instruction']}\n{row['input']}\n{row['output']}{tokenizer.eos_token}"
    return tokenizer(text, truncation=True, max_length=1024)


rows = load_dataset(args.data, split="train")
rows = rows.map(tokens, remove_columns=rows.column_names)
training = TrainingArguments(
    output_dir=str(args.out),
    bf16=True,
    per_device_train_batch_size=4,
    gradient_accumulation_steps=8,
    learning_rate=2e-4,
    num_train_epochs=1,
    save_steps=100,
    save_total_limit=2,
    logging_steps=10,
    report_to="none",
)
collator = DataCollatorForLanguageModeling(tokenizer, mlm=False)
trainer = Trainer(model=model, args=training, train_dataset=rows, data_collator=collator)
trainer.train(resume_from_checkpoint=any(args.out.glob("checkpoint-*")))
model.save_pretrained(args.out / "adapter")
